/*
 * Folded stacks, as flame graphs are made of: "main;parse;hash 123" a line,
 * the outermost function first; the last one has the samples.
 */
#ifndef PROFILE_FOLDED_H
#define PROFILE_FOLDED_H

#include "profile/build.h"
#include "profile/input.h"

/* Does the text begin with such a line, and not with that of a CSV? */
bool folded_is(const char *text, size_t len);

/* Returns 0, or -1 with a recorded error that says the line but not the file. */
int folded_read(struct build *build, struct input *input) MUST_CHECK;

#endif
