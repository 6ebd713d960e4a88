/*
 * What the three option files share about one row: options.c (values),
 * options-parse.c (the command line), options-usage.c (-h and completion).
 */
#ifndef UI_OPTION_ROW_H
#define UI_OPTION_ROW_H

#include "ui/options.h"

/* --name wants a value. */
bool option_takes_value(const struct option *row);
/* --no-name exists. */
bool option_has_negation(const struct option *row);
/*
 * The name without dashes: an option named no-x is undone by --x, any other
 * by --no-<name>.
 */
void option_add_name(const struct option *row, bool negated, struct strbuf *out);
/* How the value is called in the usage: arg, "(a|b)" or a word for the type. */
void option_add_arg(const struct option *row, struct strbuf *out);

/* Takes a value as typed; -1 records why it is none, without naming the option. */
int option_store(const struct option *row, void *values, const char *text) MUST_CHECK;
/* What --name (of a row without a value) and --no-name do. */
void option_store_flag(const struct option *row, void *values, bool on);

/*
 * How many edits (insert, drop, replace, swap neighbours) turn `a` into `b`;
 * a large number when it is beyond any typing error.
 */
size_t edit_distance(const char *a, const char *b);
/* Whether `name` is near enough to `typed` to be proposed. */
bool is_near(const char *typed, const char *name, size_t *distance);

/* The "usage:" (`first`) and "or:" lines of a set. */
void option_add_usage_lines(const struct option_set *set, bool first, struct strbuf *out);
/* The rows of -h, a blank line before and after. */
void option_add_rows(const struct option *rows, struct strbuf *out);
/* One line of words for git's completion; `all`: also the rare ones. */
void option_add_completion_words(const struct option *rows, bool all, struct strbuf *out);
/* The usage texts in one line, from which completion sees what arguments are. */
void option_add_completion_usage(const struct option_set *set, struct strbuf *out);
/*
 * A line per option, tab separated, for script/gen-completion: "option",
 * name, letter, the name that undoes it, argument, what completes it,
 * choices separated by blanks, "many" for a list, help.
 */
void option_add_completion_table(const struct option *rows, struct strbuf *out);

#endif
