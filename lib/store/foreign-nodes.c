/* Machines of several nodes, and benchmarks with a role for each, are told from what is stored of them. */
#include "store/foreign-private.h"

#include "base/error.h"
#include "base/strmap.h"

/* The owner of a row by one or two columns, and the id of which there are to be no two. */
enum { N_SUT, N_BENCHMARK, N_ID, N_NR };

static const struct foreign_column node_columns[N_NR] = {
	[N_SUT] = { { "sut_id" }, true },
	[N_BENCHMARK] = { { "benchmark_id" }, false },
	[N_ID] = { { "id", "node_id" }, true },
};

static const struct foreign_column cpu_columns[N_NR] = {
	[N_SUT] = { { "sut_id" }, false },
	[N_BENCHMARK] = { { "benchmark_id" }, false },
	[N_ID] = { { "node_id" }, false },
};

static const struct foreign_column role_columns[N_NR] = {
	[N_SUT] = { { "sut_id" }, true },
	[N_BENCHMARK] = { { "benchmark_id" }, true },
	[N_ID] = { { "role_id" }, false },
};

struct counting {
	const char *sut;
	/* NULL: any. */
	const char *benchmark;
	struct strmap ids;
};

static int take_id(const char *const *fields, void *data)
{
	struct counting *c = data;

	if (*fields[N_ID] && !strcmp(fields[N_SUT], c->sut) &&
	    (!c->benchmark || !strcmp(fields[N_BENCHMARK], c->benchmark)))
		strmap_intern(&c->ids, fields[N_ID], strlen(fields[N_ID]));
	return 0;
}

/* How many different ids a table has of this machine and benchmark: in *nr, 0 where it does not say. */
static int count_ids(struct foreign *foreign, const char *table, const struct foreign_column *columns,
		     const char *sut, const char *benchmark, size_t *nr)
{
	struct counting counting = { .sut = sut, .benchmark = benchmark, .ids = STRMAP_INIT };
	struct strvec names = STRVEC_INIT;
	struct foreign_request request;
	int result = foreign_resolve(foreign, table, columns, N_NR, true, &request, &names);

	*nr = 0;
	if (!result && request.columns[N_SUT] && request.columns[N_ID]) {
		request.equal[N_SUT] = sut;
		request.equal[N_BENCHMARK] = benchmark;
		result = foreign->kind->rows(foreign, &request, take_id, &counting);
		*nr = counting.ids.nr;
	}
	strvec_release(&names);
	strmap_release(&counting.ids);
	return result == STORE_NONE ? 0 : result;
}

static int check(struct foreign *foreign, const struct foreign_query *query, const struct foreign_sut *sut,
		 const struct foreign_benchmark *benchmark)
{
	size_t nodes, cpus, roles;

	if (count_ids(foreign, "NODE", node_columns, sut->id, NULL, &nodes) ||
	    count_ids(foreign, "CPU", cpu_columns, sut->id, NULL, &cpus) ||
	    count_ids(foreign, "RESULT", role_columns, sut->id, benchmark->id, &roles))
		return -1;
	if (nodes < cpus)
		nodes = cpus;
	if (nodes > 1)
		return error_set("the system under test %s of '%s' has %zu nodes; a bisection measures on one, so "
				 "name a single-node system",
				 query->sut, foreign->name, nodes);
	if (roles > 1)
		return error_set("the benchmark %s of '%s' has results of %zu roles, on several nodes; a bisection "
				 "measures on one, so take a single-node benchmark",
				 query->benchmark, foreign->name, roles);
	return 0;
}

int foreign_single_node(struct foreign *foreign, const struct foreign_query *query)
{
	struct foreign_benchmark benchmark = FOREIGN_BENCHMARK_INIT;
	struct foreign_sut sut = FOREIGN_SUT_INIT;
	int result = foreign_sut_find(foreign, query->sut, &sut);

	if (!result)
		result = foreign_benchmark_find(foreign, query->benchmark, &benchmark);
	if (!result)
		result = check(foreign, query, &sut, &benchmark);
	foreign_sut_release(&sut);
	foreign_benchmark_release(&benchmark);
	return result;
}
