#include "util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//@ +util-program
static const char *program = "kvlog";

//@ .
//@ +util-warn
static void say(const char *what, const char *fmt, va_list args)
{
	fflush(stdout); //@ +util-flush
	fprintf(stderr, "%s: %s", program, what);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

//@ .
void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("kvlog: ", stderr); //@ -util-program
	fprintf(stderr, "%s: ", program); //@ +util-program -util-warn
	vfprintf(stderr, fmt, args); //@ -util-warn
	fputc('\n', stderr); //@ -util-warn
	say("", fmt, args); //@ +util-warn -util-fatal
	say("fatal: ", fmt, args); //@ +util-fatal
	va_end(args);
	exit(1); //@ -util-status
	exit(2); //@ +util-status
}

//@ +util-warn
void warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("warning: ", fmt, args);
	va_end(args);
}

//@ .
void *xalloc(size_t size)
{
	void *memory = malloc(size); //@ -util-zero-size
	void *memory = malloc(size ? size : 1); //@ +util-zero-size

	if (!memory)
		die("out of memory"); //@ -util-say-size
		die("out of memory (%zu bytes)", size); //@ +util-say-size
	return memory;
}

void *xgrow(void *old, size_t size)
{
	void *memory = realloc(old, size); //@ -util-zero-grow
	void *memory = realloc(old, size ? size : 1); //@ +util-zero-grow

	if (!memory)
		die("out of memory"); //@ -util-say-grow
		die("out of memory (%zu bytes)", size); //@ +util-say-grow
	return memory;
}

char *xcopy(const char *text, size_t len)
{
	char *copy = xalloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}
//@ +util-parse-number

int parse_number(const char *text, size_t len, int64_t *number)
{
	int64_t result = 0;
	size_t i = 0;
	int negative = 0; //@ +util-negative

	if (len > 0 && text[0] == '-') { //@ +util-negative
		negative = 1; //@ +util-negative
		i = 1; //@ +util-negative
	} //@ +util-negative
	if (i == len)
		return -1;
	if (len - i > 18) //@ +util-number-range -util-number-digits
	if (len - i > NUMBER_DIGITS) //@ +util-number-digits
		return -1; //@ +util-number-range
	for (; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		result = result * 10 + (text[i] - '0');
	}
	*number = result; //@ -util-negative
	*number = negative ? -result : result; //@ +util-negative
	return 0;
}
//@ .
//@ +util-ends-with

int ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && !strcmp(text + len - n, end);
}
//@ .
