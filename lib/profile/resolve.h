/*
 * The functions of a profile held against an index of the tree: which file
 * defines each, whatever the profile says. Pure but for the index.
 *
 *	struct resolved resolved = RESOLVED_INIT;
 *
 *	profile_resolve(&profile, definitions, &resolved);
 *	... resolved.rows[i].name, resolved.places[resolved.rows[i].first] ...
 *	resolved_release(&resolved);
 *
 * The profile's path decides where it is among the files that define the
 * function. Otherwise all of these are kept, but for
 *
 *	- what does nothing in a header, where there is a place that does something;
 *	- other machines' folders (arch/arm/), where the profile shows which it is from;
 *	- weak definitions, where a strong one is linked for certain;
 *	- folders of tests, tools, samples and documents, where none of the
 *	  profile's right paths lies in such a one;
 *	- what is no system call, where the symbol says that it is one, and the
 *	  other way round.
 *
 * Of more than RESOLVE_PLACES_MAX none is kept: so common a name says nothing.
 * Without an index nothing is known of any row.
 */
#ifndef PROFILE_RESOLVE_H
#define PROFILE_RESOLVE_H

#include "profile/profile.h"
#include "repo/definitions.h"

#define RESOLVE_PLACES_MAX 16

enum resolve_verdict {
	/* The index does not know the name, or too many of it: places is empty. */
	RESOLVE_UNKNOWN,
	/* The profile's path defines it. */
	RESOLVE_RIGHT,
	/* The profile's path does not define it; others do. */
	RESOLVE_WRONG,
	/* The profile gave no path. */
	RESOLVE_FOUND,
};

struct resolved_row {
	/* As the source has it; the profile's own where it is the same. Profiles have a million rows. */
	const char *name;
	/* Its files: resolved.places[first] and on, the likeliest first, no path twice. */
	uint32_t first;
	uint16_t nr;
	bool owns_name;
	/* enum resolve_verdict */
	uint8_t verdict;
};

struct resolved {
	/* By the profile's row. */
	struct resolved_row *rows;
	size_t nr;
	/* Borrowed from the index and the profile. */
	const char **places;
	size_t nplaces, alloc;
	/* Rows by verdict. */
	size_t counts[RESOLVE_FOUND + 1];
};

#define RESOLVED_INIT        \
	{                    \
		.rows = NULL \
	}

/* `definitions` may be NULL; `profile` must live as long as `resolved`. */
void profile_resolve(const struct profile *profile, const struct definitions *definitions,
		     struct resolved *resolved);
void resolved_release(struct resolved *resolved);

/*
 * One sentence on the rows whose path was wrong, the hottest first, at most
 * `max` of them: "2 of 6 paths were wrong and are corrected: f a.c -> b.c, ...".
 * Leaves `out` empty where there are none.
 */
void resolved_report(const struct profile *profile, const struct resolved *resolved, size_t max,
		     struct strbuf *out);

#endif
