#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"

/* Steps of one match, backtracking points kept, KiB of heap for them. */
#define MATCH_LIMIT 10000000
#define DEPTH_LIMIT 1000000
#define HEAP_LIMIT_KIB 65536
#define GROUPS_MAX 1000

struct regex {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
	char *pattern;
	uint32_t groups;
};

static int pcre2_error(const char *what, const char *pattern, int number)
{
	PCRE2_UCHAR text[160];

	if (pcre2_get_error_message(number, text, sizeof(text)) < 0)
		text[0] = '\0';
	return error_set("%s '%s': %s", what, pattern, (const char *)text);
}

static pcre2_code *compile(const char *pattern, enum regex_flags flags)
{
	uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C;
	pcre2_code *code;
	PCRE2_UCHAR text[160];
	PCRE2_SIZE offset;
	int number;

	if (strlen(pattern) > REGEX_PATTERN_MAX) {
		error_set("a regular expression has more than %d bytes", REGEX_PATTERN_MAX);
		return NULL;
	}
	if (flags & REGEX_IGNORE_CASE)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_LINES)
		options |= PCRE2_MULTILINE;
	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &number, &offset, NULL);
	if (!code) {
		if (pcre2_get_error_message(number, text, sizeof(text)) < 0)
			text[0] = '\0';
		error_set("the regular expression '%s' is wrong at byte %zu: %s", pattern, (size_t)offset,
			  (const char *)text);
	}
	return code;
}

struct regex *regex_compile(const char *pattern, enum regex_flags flags)
{
	pcre2_code *code = compile(pattern, flags);
	struct regex *re;

	if (!code)
		return NULL;
	re = xcalloc(1, sizeof(*re));
	re->code = code;
	re->pattern = xstrdup(pattern);
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &re->groups);
	re->match = pcre2_match_data_create_from_pattern(code, NULL);
	re->context = pcre2_match_context_create(NULL);
	if (!re->match || !re->context) {
		regex_free(re);
		error_set("out of memory for the regular expression '%s'", pattern);
		return NULL;
	}
	if (re->groups > GROUPS_MAX) {
		regex_free(re);
		error_set("the regular expression '%s' has more than %d groups", pattern, GROUPS_MAX);
		return NULL;
	}
	pcre2_set_match_limit(re->context, MATCH_LIMIT);
	pcre2_set_depth_limit(re->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(re->context, HEAP_LIMIT_KIB);
	/* Where there is no just-in-time compiler, the interpreter matches. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return re;
}

size_t regex_groups(const struct regex *re)
{
	return re->groups;
}

int regex_search(struct regex *re, const char *text, size_t len, size_t from, struct regex_span *spans,
		 size_t nr)
{
	const PCRE2_SIZE *ends;
	int found;

	if (from > len)
		return 0;
	found = pcre2_match(re->code, (PCRE2_SPTR)text, len, from, 0, re->match, re->context);
	/* The compiled code has little stack; the interpreter has the heap. */
	if (found == PCRE2_ERROR_JIT_STACKLIMIT)
		found = pcre2_match(re->code, (PCRE2_SPTR)text, len, from, PCRE2_NO_JIT, re->match,
				    re->context);
	if (found == PCRE2_ERROR_NOMATCH)
		return 0;
	if (found < 0)
		return pcre2_error("cannot match the regular expression", re->pattern, found);
	ends = pcre2_get_ovector_pointer(re->match);
	for (size_t i = 0; i < nr; i++) {
		spans[i] = (struct regex_span){ SIZE_MAX, SIZE_MAX };
		if (i < (size_t)found && ends[2 * i] != PCRE2_UNSET)
			spans[i] = (struct regex_span){ ends[2 * i], ends[2 * i + 1] };
	}
	/* A \K in a look-ahead can turn a match round. */
	if (nr && spans[0].start > spans[0].end)
		spans[0].start = spans[0].end;
	return 1;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_match_context_free(re->context);
	pcre2_match_data_free(re->match);
	pcre2_code_free(re->code);
	free(re->pattern);
	free(re);
}
