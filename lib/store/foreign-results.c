#include "store/foreign-private.h"

#include <math.h>
#include <strings.h>

#include "base/error.h"
#include "base/strmap.h"

enum {
	R_ID,
	R_SUT,
	R_SWPROFILE,
	R_BENCHMARK,
	R_SESSION,
	R_CLASS_ID,
	R_CLASS,
	R_VALUE,
	R_UNIT,
	R_BETTER,
	R_NR
};

static const struct foreign_column result_columns[R_NR] = {
	[R_ID] = { { "id" }, false },
	[R_SUT] = { { "sut_id" }, true },
	[R_SWPROFILE] = { { "swprofile_id" }, true },
	[R_BENCHMARK] = { { "benchmark_id" }, true },
	[R_SESSION] = { { "session_uuid" }, true },
	[R_CLASS_ID] = { { "resultclass_id" }, false },
	[R_CLASS] = { { "resultclass", "resultclass_name", "name" }, false },
	[R_VALUE] = { { "value" }, true },
	[R_UNIT] = { { "unit" }, false },
	[R_BETTER] = { { "better", "improvement", "direction" }, false },
};

enum { C_ID, C_NAME, C_UNIT, C_BETTER, C_NR };

static const struct foreign_column class_columns[C_NR] = {
	[C_ID] = { { "id" }, true },
	[C_NAME] = { { "name", "resultclass" }, true },
	[C_UNIT] = { { "unit" }, false },
	[C_BETTER] = { { "better", "improvement", "direction" }, false },
};

struct result_row {
	char *id;
	/* As it was stored, for rows without an id. */
	size_t place;
	size_t session;
	double value;
};

struct reading {
	struct foreign *foreign;
	/* What is looked for, by ids; `class` by name when its id is NULL. */
	char *sut, *swprofile, *benchmark, *class_id;
	const char *class;
	struct strmap sessions;
	struct result_row *rows;
	size_t nr;
	size_t alloc;
	char *unit;
	char *better;
};

/* Their words for the direction; "" for one that says nothing to us. */
static const char *direction_of(const char *text)
{
	static const char *const higher[] = { "higher", "bigger", "larger", "more", "increase", "up" };
	static const char *const lower[] = { "lower", "smaller", "less", "decrease", "down" };

	for (size_t i = 0; i < ARRAY_SIZE(higher); i++)
		if (!strcasecmp(text, higher[i]))
			return "higher";
	for (size_t i = 0; i < ARRAY_SIZE(lower); i++)
		if (!strcasecmp(text, lower[i]))
			return "lower";
	return "";
}

/* What all rows must agree on, if they say it at all. */
static int agree(struct reading *r, char **have, const char *text, const char *what)
{
	if (!*text)
		return 0;
	if (!*have)
		*have = xstrdup(text);
	if (!strcmp(*have, text))
		return 0;
	return error_set("results of '%s' in '%s' contradict each other: their %s is '%s' and '%s'", r->class,
			 r->foreign->name, what, *have, text);
}

static int parse_value(struct reading *r, const char *id, const char *text, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(text, &end);
	if (end != text && !*end && isfinite(*value) && *text != ' ' && !strpbrk(text, "xXpP"))
		return 0;
	return error_set("result %s of '%s' in '%s' is '%s', expected a finite number",
			 *id ? id : "(without an id)", r->class, r->foreign->name, text);
}

static int take_result(const char *const *fields, void *data)
{
	struct reading *r = data;
	struct result_row *row;
	double value;

	if (strcmp(fields[R_SUT], r->sut) || strcmp(fields[R_SWPROFILE], r->swprofile) ||
	    strcmp(fields[R_BENCHMARK], r->benchmark) ||
	    (r->class_id ? strcmp(fields[R_CLASS_ID], r->class_id) : strcmp(fields[R_CLASS], r->class)))
		return 0;
	if (r->nr >= FOREIGN_ROWS_MAX)
		return error_set("'%s' has more than %d results of '%s'", r->foreign->name, FOREIGN_ROWS_MAX,
				 r->class);
	if (parse_value(r, fields[R_ID], fields[R_VALUE], &value) ||
	    agree(r, &r->unit, fields[R_UNIT], "unit") ||
	    agree(r, &r->better, direction_of(fields[R_BETTER]), "direction"))
		return -1;
	ALLOC_GROW(r->rows, r->nr + 1, r->alloc);
	row = &r->rows[r->nr];
	row->id = xstrdup(fields[R_ID]);
	row->place = r->nr++;
	row->session = strmap_intern(&r->sessions, fields[R_SESSION], strlen(fields[R_SESSION]));
	row->value = value;
	return 0;
}

static int compare_results(const void *a, const void *b)
{
	const struct result_row *one = a, *two = b;
	int order = foreign_id_compare(one->id, two->id);

	return order ? order : one->place < two->place ? -1 : one->place > two->place;
}

static int take_class(const char *const *fields, void *data)
{
	struct reading *r = data;

	if (strcmp(fields[C_NAME], r->class))
		return 0;
	if (r->class_id)
		return error_set("'%s' has several result classes called '%s' (%s, %s)", r->foreign->name,
				 r->class, r->class_id, fields[C_ID]);
	r->class_id = xstrdup(fields[C_ID]);
	return agree(r, &r->unit, fields[C_UNIT], "unit") ||
			       agree(r, &r->better, direction_of(fields[C_BETTER]), "direction")
		     ? -1
		     : 0;
}

/* The class by its table, where results name it by id. */
static int read_class(struct reading *r)
{
	struct strvec names = STRVEC_INIT;
	struct foreign_request request;
	int result = foreign_resolve(r->foreign, "RESULTCLASS", class_columns, C_NR, false, &request, &names);

	if (!result) {
		request.equal[C_NAME] = r->class;
		result = r->foreign->kind->rows(r->foreign, &request, take_class, r);
	}
	strvec_release(&names);
	if (!result && !r->class_id)
		return error_set("'%s' has no result class '%s'", r->foreign->name, r->class);
	return result;
}

static int read_results(struct reading *r)
{
	struct strvec names = STRVEC_INIT;
	struct foreign_request request;
	int result = foreign_resolve(r->foreign, "RESULT", result_columns, R_NR, false, &request, &names);

	if (!result && !request.columns[R_CLASS_ID] && !request.columns[R_CLASS])
		result = error_set(
			"table RESULT of '%s' has no column resultclass_id and none called resultclass",
			r->foreign->name);
	if (!result && request.columns[R_CLASS_ID])
		result = read_class(r);
	if (!result) {
		request.equal[R_SUT] = r->sut;
		request.equal[R_SWPROFILE] = r->swprofile;
		request.equal[R_BENCHMARK] = r->benchmark;
		request.equal[r->class_id ? R_CLASS_ID : R_CLASS] = r->class_id ? r->class_id : r->class;
		result = r->foreign->kind->rows(r->foreign, &request, take_result, r);
	}
	strvec_release(&names);
	return result;
}

static int find_ids(struct reading *r, const struct foreign_query *query)
{
	struct foreign_swprofile swprofile = FOREIGN_SWPROFILE_INIT;
	struct foreign_benchmark benchmark = FOREIGN_BENCHMARK_INIT;
	struct foreign_sut sut = FOREIGN_SUT_INIT;
	int result = foreign_sut_find(r->foreign, query->sut, &sut);

	if (!result)
		result = foreign_swprofile_find(r->foreign, query->swprofile, &swprofile);
	if (!result)
		result = foreign_benchmark_find(r->foreign, query->benchmark, &benchmark);
	if (!result) {
		r->sut = xstrdup(sut.id);
		r->swprofile = xstrdup(swprofile.id);
		r->benchmark = xstrdup(benchmark.id);
	}
	foreign_sut_release(&sut);
	foreign_swprofile_release(&swprofile);
	foreign_benchmark_release(&benchmark);
	return result;
}

static void add_value(struct foreign_group *group, double value)
{
	ALLOC_GROW(group->values, group->nr + 1, group->alloc);
	group->values[group->nr++] = value;
}

/* One group for each session, in the order of its first result. */
static void group(struct reading *r, struct foreign_results *results)
{
	size_t *group_of = xcalloc(r->sessions.nr, sizeof(*group_of));

	if (r->nr)
		qsort(r->rows, r->nr, sizeof(*r->rows), compare_results);
	for (size_t i = 0; i < r->nr; i++) {
		size_t session = r->rows[i].session;

		if (!group_of[session]) {
			ALLOC_GROW(results->groups, results->nr + 1, results->alloc);
			results->groups[results->nr] = (struct foreign_group){
				.session_uuid = xstrdup(strmap_key(&r->sessions, session)),
			};
			group_of[session] = ++results->nr;
		}
		add_value(&results->groups[group_of[session] - 1], r->rows[i].value);
	}
	free(group_of);
	results->unit = xstrdup(r->unit ? r->unit : "");
	results->better = xstrdup(r->better ? r->better : "");
}

static void reading_release(struct reading *r)
{
	for (size_t i = 0; i < r->nr; i++)
		free(r->rows[i].id);
	free(r->rows);
	free(r->sut);
	free(r->swprofile);
	free(r->benchmark);
	free(r->class_id);
	free(r->unit);
	free(r->better);
	strmap_release(&r->sessions);
}

int foreign_results_read(struct foreign *foreign, const struct foreign_query *query,
			 struct foreign_results *results)
{
	struct reading r = { .foreign = foreign, .class = query->resultclass, .sessions = STRMAP_INIT };
	int result = find_ids(&r, query);

	*results = (struct foreign_results)FOREIGN_RESULTS_INIT;
	if (!result)
		result = read_results(&r);
	if (!result)
		group(&r, results);
	reading_release(&r);
	return result;
}

void foreign_results_release(struct foreign_results *results)
{
	for (size_t i = 0; i < results->nr; i++) {
		free(results->groups[i].session_uuid);
		free(results->groups[i].values);
	}
	free(results->groups);
	free(results->unit);
	free(results->better);
	*results = (struct foreign_results)FOREIGN_RESULTS_INIT;
}
