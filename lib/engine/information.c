#include "engine/information.h"

#include <math.h>

#define STEP 0.25
/* Beyond this the label is as good as read. */
#define D_MAX 12.0

void information_init(struct information *table)
{
	double sum = 0;
	int middle = INFORMATION_POINTS / 2;

	for (int i = 0; i < INFORMATION_POINTS; i++) {
		table->at[i] = (i - middle) * STEP;
		table->weight[i] = exp(-0.5 * table->at[i] * table->at[i]);
		sum += table->weight[i];
	}
	for (int i = 0; i < INFORMATION_POINTS; i++)
		table->weight[i] /= sum;
}

double information_entropy(double p)
{
	if (!(p > 0 && p < 1))
		return 0;
	return -p * log2(p) - (1 - p) * log2(1 - p);
}

/*
 * -E log2(P(x) / P(x | good)) with x = z, and the same for bad with the roles
 * exchanged: the ratio of the mixture to its own part is q + p exp(d z - d^2 / 2).
 */
static double of_part(const struct information *table, double p, double d)
{
	double sum = 0;

	for (int i = 0; i < INFORMATION_POINTS; i++)
		sum += table->weight[i] * log(1 - p + p * exp(d * table->at[i] - 0.5 * d * d));
	return -sum;
}

double information_of(const struct information *table, double bad, double d)
{
	double nats;

	if (!(bad > 0 && bad < 1) || !(fabs(d) > 0))
		return 0;
	d = fmin(fabs(d), D_MAX);
	nats = (1 - bad) * of_part(table, bad, d) + bad * of_part(table, 1 - bad, d);
	return fmin(fmax(nats / M_LN2, 0), information_entropy(bad));
}
