#include "engine/hunt-state.h"

#include <math.h>

#include "base/error.h"
#include "stats/paired.h"

void hunt_pairs_init(struct hunt_pairs *pairs, size_t nworkloads, size_t nheld_out)
{
	if (nheld_out >= nworkloads)
		BUG("a suite of %zu workloads, %zu of them held out", nworkloads, nheld_out);
	*pairs = (struct hunt_pairs){ .nworkloads = nworkloads, .nheld_out = nheld_out };
}

void hunt_pairs_release(struct hunt_pairs *pairs)
{
	free(pairs->base);
	free(pairs->candidate);
	hunt_pairs_init(pairs, pairs->nworkloads, pairs->nheld_out);
}

static int check_seconds(const double *seconds, size_t nr, const char *whose)
{
	for (size_t w = 0; w < nr; w++)
		if (!isfinite(seconds[w]) || seconds[w] < 0)
			return error_set("%g is no time in seconds, of workload %zu of the %s", seconds[w],
					 w + 1, whose);
	return 0;
}

static void add_seconds(double *to, const double *from, size_t nr)
{
	for (size_t w = 0; w < nr; w++)
		to[w] = fmax(from[w], HUNT_SHORTEST);
}

int hunt_pairs_add(struct hunt_pairs *pairs, const double *base, const double *candidate)
{
	size_t n = pairs->nworkloads, at = pairs->nr * n;

	if (check_seconds(base, n, "base") || check_seconds(candidate, n, "candidate"))
		return -1;
	ALLOC_GROW(pairs->base, at + n, pairs->base_alloc);
	ALLOC_GROW(pairs->candidate, at + n, pairs->candidate_alloc);
	add_seconds(pairs->base + at, base, n);
	add_seconds(pairs->candidate + at, candidate, n);
	pairs->nr++;
	return 0;
}

double hunt_total(const struct hunt_pairs *pairs, const double *seconds, size_t round)
{
	double sum = 0;

	for (size_t w = 0; w < pairs->nworkloads - pairs->nheld_out; w++)
		sum += seconds[round * pairs->nworkloads + w];
	return sum;
}

void hunt_log_ratios(const struct hunt_pairs *pairs, size_t nr, double *d)
{
	for (size_t r = 0; r < nr; r++)
		d[r] = log(hunt_total(pairs, pairs->candidate, r) / hunt_total(pairs, pairs->base, r));
}

static struct hunt_change change_of(const double *d, size_t nr, double z)
{
	struct stats_interval i = stats_paired(d, nr, z);

	return (struct hunt_change){ expm1(i.value), expm1(i.low), expm1(i.high) };
}

/* The answer of the first `nr` rounds, without a decision. */
static void fill_answer(const struct hunt_pairs *pairs, size_t nr, double z, struct hunt_answer *answer)
{
	double *d = xreallocarray(NULL, nr ? nr : 1, sizeof(*d));
	size_t n = pairs->nworkloads;

	answer->workloads = xreallocarray(answer->workloads, n, sizeof(*answer->workloads));
	answer->nr = nr;
	answer->next = 0;
	answer->regressed = HUNT_NONE;
	answer->base_seconds = answer->candidate_seconds = nr ? 0 : NAN;
	for (size_t r = 0; r < nr; r++) {
		answer->base_seconds += hunt_total(pairs, pairs->base, r) / (double)nr;
		answer->candidate_seconds += hunt_total(pairs, pairs->candidate, r) / (double)nr;
	}
	hunt_log_ratios(pairs, nr, d);
	answer->total = change_of(d, nr, z);
	for (size_t w = 0; w < n; w++) {
		for (size_t r = 0; r < nr; r++)
			d[r] = log(pairs->candidate[r * n + w] / pairs->base[r * n + w]);
		answer->workloads[w] = change_of(d, nr, z);
	}
	free(d);
}

/* The workload that got slower for certain, by more than `limit`, or HUNT_NONE. */
static size_t regressed(const struct hunt_answer *answer, size_t nworkloads, double limit)
{
	size_t worst = HUNT_NONE;

	for (size_t w = 0; w < nworkloads; w++) {
		double low = answer->workloads[w].low;

		if (low > limit && (worst == HUNT_NONE || low > answer->workloads[worst].low))
			worst = w;
	}
	return worst;
}

/* HUNT_MORE: nothing can be said yet. */
static enum hunt_verdict look(const struct hunt_rule *rule, const struct hunt_change *total, size_t nr)
{
	if (total->high < 0 && total->value <= -rule->gain)
		return HUNT_KEEP;
	if (total->low > -rule->gain)
		return HUNT_REJECT;
	if (nr >= rule->early_from && total->value > 0 && total->low > -rule->early_gain)
		return HUNT_REJECT;
	return HUNT_MORE;
}

enum hunt_verdict hunt_decide(const struct hunt_pairs *pairs, const struct hunt_rule *rule,
			      struct hunt_answer *answer)
{
	if (!rule->nlooks || rule->nlooks > HUNT_LOOKS)
		BUG("a rule of %zu looks", rule->nlooks);
	for (size_t i = 0; i < rule->nlooks; i++) {
		size_t nr = rule->looks[i];
		enum hunt_verdict verdict;

		if (pairs->nr < nr) {
			fill_answer(pairs, pairs->nr, rule->z, answer);
			answer->next = nr;
			return HUNT_MORE;
		}
		fill_answer(pairs, nr, rule->z, answer);
		answer->regressed = regressed(answer, pairs->nworkloads, rule->regression);
		if (answer->regressed != HUNT_NONE)
			return HUNT_REGRESSED;
		verdict = look(rule, &answer->total, nr);
		if (verdict != HUNT_MORE)
			return verdict;
	}
	return HUNT_MARGINAL;
}

bool hunt_takes_longer(const struct hunt_pairs *wall, size_t nr, const struct hunt_rule *rule)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	bool longer;

	if (!nr || wall->nr < nr)
		return false;
	fill_answer(wall, nr, rule->z, &answer);
	longer = answer.total.low > rule->regression;
	hunt_answer_release(&answer);
	return longer;
}

void hunt_summarise(const struct hunt_pairs *pairs, double z, struct hunt_answer *answer)
{
	fill_answer(pairs, pairs->nr, z, answer);
}

void hunt_answer_release(struct hunt_answer *answer)
{
	free(answer->workloads);
	*answer = (struct hunt_answer)HUNT_ANSWER_INIT;
}

const char *hunt_verdict_name(enum hunt_verdict verdict)
{
	static const char *const names[] = {
		[HUNT_MORE] = "more",         [HUNT_KEEP] = "keep",           [HUNT_REJECT] = "reject",
		[HUNT_MARGINAL] = "marginal", [HUNT_REGRESSED] = "regressed",
	};

	return names[verdict];
}
