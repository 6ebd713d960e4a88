/*
 * How much a measurement tells about a yes or no, in bits.
 *
 *	struct information table;
 *
 *	information_init(&table);
 *	bits = information_of(&table, 0.5, 2);
 *
 * A label is bad with probability `bad`; one observation is N(0, 1) when it is
 * good, N(d, 1) when it is bad. The mutual information is an expectation
 * over z ~ N(0, 1), and the integrand is smooth: the trapezoidal rule is exact
 * to more digits than anybody needs (54 points over +-6.75; the nearest
 * pole of the integrand is pi/d away from the real axis). Nothing of
 * it lasts but the 54 weights.
 */
#ifndef ENGINE_INFORMATION_H
#define ENGINE_INFORMATION_H

#include "base/compat.h"

#define INFORMATION_POINTS 55

struct information {
	double at[INFORMATION_POINTS], weight[INFORMATION_POINTS];
};

void information_init(struct information *table);
/* 0 to 1; `d` of either sign. */
double information_of(const struct information *table, double bad, double d);
/* Of a label that is bad with probability p: its entropy in bits. */
double information_entropy(double p);

#endif
