#include "sort.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

//@ +sort-small
#define SMALL 8 //@ -sort-small-sixteen
#define SMALL 16 //@ +sort-small-sixteen

//@ .
static int compare_keys(const struct entry *a, const struct entry *b)
{
	size_t len = a->len < b->len ? a->len : b->len; //@ -sort-min
	size_t len = MIN(a->len, b->len); //@ +sort-min
	int order = memcmp(a->key, b->key, len);

	if (order)
		return order;
	return a->len < b->len ? -1 : a->len > b->len; //@ -sort-three-way
	return (a->len > b->len) - (a->len < b->len); //@ +sort-three-way
}

int by_count(const struct entry *a, const struct entry *b)
{
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return compare_keys(a, b);
}
//@ +sort-by-key

int by_key(const struct entry *a, const struct entry *b)
{
	return compare_keys(a, b);
}
//@ .
//@ +sort-by-lines

int by_lines(const struct entry *a, const struct entry *b)
{
	if (a->nlines != b->nlines)
		return a->nlines > b->nlines ? -1 : 1;
	return compare_keys(a, b);
}
//@ .

//@ +sort-small
static void sort_small(struct entry **list, size_t nr, compare_fn compare)
{
	for (size_t i = 1; i < nr; i++) {
		struct entry *entry = list[i];
		size_t at = i;

		while (at > 0 && compare(list[at - 1], entry) > 0) {
			list[at] = list[at - 1];
			at--;
		}
		list[at] = entry;
	}
}

//@ .
static void merge(struct entry **to, struct entry **a, size_t na, struct entry **b, size_t nb,
		  compare_fn compare)
{
	while (na > 0 && nb > 0) {
		if (compare(*a, *b) <= 0) {
			*to++ = *a++;
			na--;
		} else {
			*to++ = *b++;
			nb--;
		}
	}
	memcpy(to, a, na * sizeof(*to)); //@ -sort-tail
	memcpy(to + na, b, nb * sizeof(*to)); //@ -sort-tail
	if (na > 0) //@ +sort-tail
		memcpy(to, a, na * sizeof(*to)); //@ +sort-tail
	if (nb > 0) //@ +sort-tail
		memcpy(to, b, nb * sizeof(*to)); //@ +sort-tail
}

static void sort_range(struct entry **list, struct entry **scratch, size_t nr, compare_fn compare)
{
	size_t half = nr / 2;

	if (nr < 2) //@ -sort-small
		return; //@ -sort-small
	if (nr <= SMALL) { //@ +sort-small
		sort_small(list, nr, compare); //@ +sort-small
		return; //@ +sort-small
	} //@ +sort-small
	sort_range(list, scratch, half, compare);
	sort_range(list + half, scratch + half, nr - half, compare);
	if (compare(list[half - 1], list[half]) <= 0) //@ +sort-sorted
		return; //@ +sort-sorted
	merge(scratch, list, half, list + half, nr - half, compare);
	memcpy(list, scratch, nr * sizeof(*list));
}

void sort_entries(struct entry **list, size_t nr, compare_fn compare)
{
	struct entry **scratch = xalloc(nr * sizeof(*scratch));

	sort_range(list, scratch, nr, compare);
	free(scratch); //@ +sort-leak
}
//@ +sort-order

static const struct {
	const char *name;
	compare_fn compare;
} orders[] = {
	{ "count", by_count },
	{ "key", by_key },
	{ "lines", by_lines }, //@ +sort-by-lines
};

compare_fn sort_order(const char *name)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) //@ -sort-array-size
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) //@ +sort-array-size
		if (!strcmp(orders[i].name, name))
			return orders[i].compare;
	return NULL;
}
//@ .
