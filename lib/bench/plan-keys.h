/*
 * The table of the context's keys, which reading, writing, hashing and the
 * manual go by; for plan*.c.
 */
#ifndef BENCH_PLAN_KEYS_H
#define BENCH_PLAN_KEYS_H

#include "bench/plan.h"

enum plan_type {
	/* One line. */
	PLAN_TEXT,
	/* For a shell: any text; comments that cut it are refused. */
	PLAN_COMMAND,
	/* As many as there are; the same as text and as command. */
	PLAN_TEXTS,
	PLAN_LINES,
	PLAN_BOOL,
	/* An enum by its names. */
	PLAN_CHOICE,
	PLAN_LONG,
	/* A share: 0.005, 0.5%. */
	PLAN_SHARE,
	/* 900, 15m, 2h, 1d. */
	PLAN_SECONDS,
	/* 500m, 5g. */
	PLAN_BYTES,
	/* 100 (boots), 8h. */
	PLAN_BUDGET,
};

enum plan_section {
	PLAN_SECTION_BISECT,
	PLAN_SECTION_BUILD,
	PLAN_SECTION_PROFILE,
	PLAN_SECTION_MACHINE,
	PLAN_SECTION_BENCH,
	PLAN_SECTIONS,
};

struct plan_key {
	enum plan_section section;
	enum plan_type type;
	const char *name;
	/* Offset in the section's struct. */
	size_t at;
	/* Limits of numbers; shares are limited in millionths. */
	long long min, max;
	/* NULL-terminated; a name's place is its value. "" is a value without a name. */
	const char *const *choices;
	/* Is it part of what determines a measurement? */
	bool hashed;
	/* It names a file, and what that holds is hashed in its place. */
	bool content;
	const char *help;
};

/* Ends with a row without a name. */
extern const struct plan_key plan_key_table[];
/* "perfbisect", ... */
extern const char *const plan_section_names[PLAN_SECTIONS];
/* Does the section have subsections? */
bool plan_section_named(enum plan_section section);

struct plan_origin {
	/* In normal form: "perfsut.x.bootcommand". */
	char *key;
	enum plan_layer layer;
};

/* "section.name" with `sub` between when it is not NULL; lower case but for `sub`. */
char *plan_full_key(const struct plan_key *row, const char *sub);
const struct plan_origin *plan_origin_of(const struct plan *plan, const struct plan_key *row, const char *sub);

/* Splits "section.sub.name"; false when the section is none of ours. `*sub` (NULL without) and `*name` are for free(). */
bool plan_split_key(const char *key, enum plan_section *section, char **sub, char **name);
const struct plan_key *plan_key_find(enum plan_section section, const char *name);

/*
 * Checks a value and puts it to its place; `object` is the section's struct.
 * -1 with a recorded error that says what is allowed.
 */
int plan_value_set(const struct plan_key *row, void *object, const char *value) MUST_CHECK;
/* The values as text, as they are written and hashed: one, or those of a list. */
void plan_value_get(const struct plan_key *row, const void *object, struct strvec *out);
/* Back to nothing, for a list that a higher layer replaces, and at the end. */
void plan_value_clear(const struct plan_key *row, void *object);

#endif
