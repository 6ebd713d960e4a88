/*
 * A table of text for people: columns as wide as their widest cell, one
 * column that gives way when the terminal is narrow. Cells are escaped for
 * the terminal by the table. The header is left out when all titles are "".
 *
 *	struct table t = TABLE_INIT;
 *
 *	table_column(&t, "RANK", TABLE_RIGHT);
 *	table_cell(&t, COLOR_COMMIT, "%s", id); ...	row by row, left to right
 *	table_print(&t, stdout, output_width());	0: no limit
 *	table_release(&t);
 */
#ifndef UI_TABLE_H
#define UI_TABLE_H

#include "ui/term.h"

enum table_align {
	TABLE_LEFT,
	TABLE_RIGHT,
	/* Left, and cut with "..." when the line would not fit. */
	TABLE_FLEX,
};

struct table {
	struct table_column *columns;
	size_t ncolumns;
	struct table_cell *cells;
	size_t ncells;
	size_t alloc;
};

#define TABLE_INIT              \
	{                       \
		.columns = NULL \
	}

/* All columns come before the first cell. */
void table_column(struct table *table, const char *title, enum table_align align);
/* COLOR_RESET: no colour. */
void table_cell(struct table *table, enum color_slot slot, const char *fmt, ...) FORMAT_PRINTF(3, 4);
void table_print(const struct table *table, FILE *out, size_t width);
void table_release(struct table *table);

#endif
