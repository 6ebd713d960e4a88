#include "repo/version.h"

#include <strings.h>

/* Digits of one part that fit into its 64 bits. */
#define PART_DIGITS 18

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits; NULL when there are none, or too many. */
static const char *read_number(const char *at, uint64_t *number)
{
	const char *from = at;

	*number = 0;
	for (; is_digit(*at); at++) {
		if (at - from == PART_DIGITS)
			return NULL;
		*number = *number * 10 + (uint64_t)(*at - '0');
	}
	return at > from ? at : NULL;
}

/* Reads "6.12.3" at a digit; returns its end, or NULL when it is no version number. */
static const char *read_parts(const char *at, uint64_t *parts, size_t *nr)
{
	for (*nr = 0; *nr < VERSION_PARTS;) {
		at = read_number(at, &parts[(*nr)++]);
		if (!at || (*at != '.' && *at != '_') || !is_digit(at[1]))
			return at;
		at++;
	}
	return NULL;
}

/* "-rc2", "rc.2", "-dev", "b1" up to the end of the name. */
static bool read_stage(const char *at, struct version *v)
{
	static const struct {
		const char *word;
		enum version_stage stage;
		/* A lone letter means a stage only with its number right behind. */
		bool glued;
	} words[] = {
		{ "dev", VERSION_DEV, false },   { "alpha", VERSION_ALPHA, false },
		{ "beta", VERSION_BETA, false }, { "preview", VERSION_PRE, false },
		{ "pre", VERSION_PRE, false },   { "rc", VERSION_RC, false },
		{ "a", VERSION_ALPHA, true },    { "b", VERSION_BETA, true },
	};

	if (*at && strchr("-._~", *at))
		at++;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i].word);
		const char *rest = at + len, *end;

		if (strncasecmp(at, words[i].word, len) || (words[i].glued && !is_digit(*rest)))
			continue;
		if (*rest && strchr("-._", *rest))
			rest++;
		end = *rest ? read_number(rest, &v->stage_nr) : rest;
		if (!end || *end)
			continue;
		v->stage = words[i].stage;
		return true;
	}
	v->stage_nr = 0;
	return false;
}

bool version_parse(struct version *v, const char *name)
{
	const char *at = name, *end = NULL;

	memset(v, 0, sizeof(*v));
	while (*at) {
		uint64_t parts[VERSION_PARTS];
		const char *stop;
		size_t nr;

		if (!is_digit(*at)) {
			at++;
			continue;
		}
		stop = read_parts(at, parts, &nr);
		if (stop && nr > v->nr) {
			memcpy(v->parts, parts, nr * sizeof(*parts));
			v->nr = nr;
			v->prefix_len = (size_t)(at - name);
			end = stop;
		}
		at = stop ? stop : at + strspn(at, "0123456789._");
	}
	if (!end)
		return false;
	v->prefix = name;
	v->suffix = end;
	v->stage = VERSION_RELEASE;
	if (!read_stage(end, v))
		v->suffix_len = strlen(end);
	return true;
}

bool version_same_series(const struct version *a, const struct version *b)
{
	return a->prefix_len == b->prefix_len && !memcmp(a->prefix, b->prefix, a->prefix_len) &&
	       a->suffix_len == b->suffix_len && !memcmp(a->suffix, b->suffix, a->suffix_len);
}

int version_compare_numbers(const struct version *a, const struct version *b)
{
	for (size_t i = 0; i < VERSION_PARTS; i++)
		if (a->parts[i] != b->parts[i])
			return a->parts[i] < b->parts[i] ? -1 : 1;
	return 0;
}

int version_compare(const struct version *a, const struct version *b)
{
	int order = version_compare_numbers(a, b);

	if (order)
		return order;
	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	if (a->stage_nr != b->stage_nr)
		return a->stage_nr < b->stage_nr ? -1 : 1;
	return 0;
}
