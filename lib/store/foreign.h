/*
 * Results that others have stored, read and never written:
 *
 *	store				our own (store/store.h)
 *	csv:///dir, /dir, ./dir		a folder with a CSV file per table
 *	sqlite:///file			a database of Arm's Fastpath
 *	mysql://user@host:port/db	the same in MariaDB or MySQL
 *
 * Documentation/technical/stores.adoc has the tables and columns. They are
 * found by name, without case, in any order and among others; one that is
 * missing is named by the error.
 *
 *	struct foreign *foreign;
 *	struct foreign_results results = FOREIGN_RESULTS_INIT;
 *
 *	if (foreign_open(&foreign, url, store))
 *		return -1;
 *	if (foreign_swprofile_find(foreign, "6.8.0-baseline", &good) || ...
 *	if (foreign_results_read(foreign, &query, &results)) ...
 *	foreign_close(foreign);
 *
 * A password for MySQL is asked of `git credential` (protocol "mysql", host,
 * username); one within the URL is refused, since everybody can read command
 * lines. Built without libmariadb, mysql:// is an error that says so.
 *
 * All return 0, or -1 with a recorded sentence that names the store.
 */
#ifndef STORE_FOREIGN_H
#define STORE_FOREIGN_H

#include "store/store.h"

struct foreign;

/*
 * `ours` is the store that the URL "store" stands for (NULL: there is none); it must
 * outlive what was opened. *foreign is NULL after an error.
 */
int foreign_open(struct foreign **foreign, const char *url, struct store *ours) MUST_CHECK;
void foreign_close(struct foreign *foreign);

/* A tested kernel. Texts are never NULL; "" where the store has nothing. */
struct foreign_swprofile {
	char *id;
	char *kernel_name;
	/* As stored: perhaps abbreviated, perhaps "". */
	char *kernel_git_sha;
	char *userspace;
	char *cmdline;
	char *sysctl;
	char *bootscript;
};

struct foreign_benchmark {
	char *id;
	char *suite;
	char *name;
	char *type;
	char *image;
};

/* A system under test. */
struct foreign_sut {
	char *id;
	char *name;
};

#define FOREIGN_SWPROFILE_INIT \
	{                      \
		.id = NULL     \
	}
#define FOREIGN_BENCHMARK_INIT \
	{                      \
		.id = NULL     \
	}
#define FOREIGN_SUT_INIT   \
	{                  \
		.id = NULL \
	}

void foreign_swprofile_release(struct foreign_swprofile *swprofile);
void foreign_benchmark_release(struct foreign_benchmark *benchmark);
void foreign_sut_release(struct foreign_sut *sut);

/* Lists, in the order of the store's ids; borrowed for the call, non-zero ends and is returned. */
typedef int foreign_swprofile_fn(const struct foreign_swprofile *swprofile, void *data);
typedef int foreign_benchmark_fn(const struct foreign_benchmark *benchmark, void *data);
typedef int foreign_sut_fn(const struct foreign_sut *sut, void *data);
int foreign_swprofiles(struct foreign *foreign, foreign_swprofile_fn *fn, void *data);
int foreign_benchmarks(struct foreign *foreign, foreign_benchmark_fn *fn, void *data);
int foreign_suts(struct foreign *foreign, foreign_sut_fn *fn, void *data);

/*
 * Finds one by id or by name (kernel name; "suite/name" of a benchmark). Several of one
 * name are an error that lists their ids; so is none.
 */
int foreign_swprofile_find(struct foreign *foreign, const char *id_or_name,
			   struct foreign_swprofile *swprofile) MUST_CHECK;
int foreign_benchmark_find(struct foreign *foreign, const char *id_or_name,
			   struct foreign_benchmark *benchmark) MUST_CHECK;
int foreign_sut_find(struct foreign *foreign, const char *id_or_name, struct foreign_sut *sut) MUST_CHECK;

/*
 * The first of userspace, cmdline, sysctl, bootscript in which two differ, by its name;
 * NULL when only id, kernel name and kernel_git_sha do. White space at both ends does
 * not count.
 */
const char *foreign_profiles_differ(const struct foreign_swprofile *a, const struct foreign_swprofile *b);
/* The text of such a field; BUG() when there is none of this name. Borrowed. */
const char *foreign_profile_field(const struct foreign_swprofile *swprofile, const char *name);

struct foreign_query {
	/* Ids or names, as for the finders. */
	const char *sut;
	const char *swprofile;
	const char *benchmark;
	/* By name. */
	const char *resultclass;
};

/* The values of one session_uuid: one boot. */
struct foreign_group {
	char *session_uuid;
	double *values;
	size_t nr;
	size_t alloc;
};

struct foreign_results {
	/* In the order of their first results. */
	struct foreign_group *groups;
	size_t nr;
	size_t alloc;
	/* "" where the store has none. */
	char *unit;
	/* "higher", "lower", "": the store does not say. */
	char *better;
};

#define FOREIGN_RESULTS_INIT    \
	{                       \
		.groups = NULL, \
	}

/*
 * Is it a benchmark with one role, on a machine with one node? -1 with a sentence that
 * names what there are several of; 0 also where the store does not say.
 */
int foreign_single_node(struct foreign *foreign, const struct foreign_query *query) MUST_CHECK;
/*
 * No results is no error (nr is 0). Errors: nothing of such a name, a value that is no
 * finite number, units or directions that contradict each other.
 */
int foreign_results_read(struct foreign *foreign, const struct foreign_query *query,
			 struct foreign_results *results) MUST_CHECK;
void foreign_results_release(struct foreign_results *results);

#endif
