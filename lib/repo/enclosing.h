/*
 * Which function is a line in? Asked for one line after the other, downward,
 * it looks upward from each to the last line it was asked for, for the brace
 * that opens a body or closes one, and downward no farther than a header is
 * long. In well-indented C only braces in column 0 and headers that begin
 * there open and close functions, so that most lines need but a glance at
 * their first byte; unbalanced #ifdefs inside bodies do no harm.
 *
 *	struct enclosing scan;
 *
 *	enclosing_init(&scan, text, len);
 *	if (enclosing_function(&scan, line, &name, &name_len)) ...
 *
 * All questions about a text together take time linear in its length.
 */
#ifndef REPO_ENCLOSING_H
#define REPO_ENCLOSING_H

#include "base/compat.h"

/* A name in the text; no function where `name` is NULL. */
struct function_name {
	const char *name;
	size_t len;
};

struct enclosing {
	const char *text, *end;
	/* The line that has been reached, and the function whose body is open where it begins. */
	const char *at;
	struct function_name inside;
	/* No header takes in lines from `at` to here. */
	const char *quiet;
	/* The last header found looking downward, [header, body): its lines, that of the brace included. */
	const char *header, *body;
	struct function_name next;
};

void enclosing_init(struct enclosing *scan, const char *text, size_t len);

/*
 * The function that the line which begins at `line` lies in; false if none.
 * `line` may not be above the one of the call before.
 */
bool enclosing_function(struct enclosing *scan, const char *line, struct function_name *function);

#endif
