#include "stats/paired.h"

#include <math.h>

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* In order; the caller frees them. */
static double *walsh_averages(const double *d, size_t nr, size_t *count)
{
	double *walsh = xreallocarray(NULL, nr * (nr + 1) / 2, sizeof(*walsh));
	size_t n = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t j = i; j < nr; j++)
			walsh[n++] = (d[i] + d[j]) / 2;
	qsort(walsh, n, sizeof(*walsh), compare_doubles);
	*count = n;
	return walsh;
}

struct stats_interval stats_paired(const double *differences, size_t nr, double z)
{
	double n = (double)nr, c = floor(n * (n + 1) / 4 - z * sqrt(n * (n + 1) * (2 * n + 1) / 24));
	struct stats_interval result = { NAN, NAN, NAN };
	double *walsh;
	size_t count;

	if (!nr)
		return result;
	if (nr > UINT32_MAX)
		BUG("%zu pairs", nr);
	walsh = walsh_averages(differences, nr, &count);
	result.value = (walsh[(count - 1) / 2] + walsh[count / 2]) / 2;
	result.low = c >= 1 ? walsh[(size_t)c - 1] : -INFINITY;
	result.high = c >= 1 ? walsh[count - (size_t)c] : INFINITY;
	free(walsh);
	return result;
}
