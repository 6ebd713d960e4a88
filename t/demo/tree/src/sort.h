#ifndef SORT_H
#define SORT_H

#include "hash.h"

typedef int (*compare_fn)(const struct entry *a, const struct entry *b);

//@ +sort-comment
/* Most frequent first; equal counts in the order of their keys. */
//@ .
int by_count(const struct entry *a, const struct entry *b);
int by_key(const struct entry *a, const struct entry *b); //@ +sort-by-key
int by_lines(const struct entry *a, const struct entry *b); //@ +sort-by-lines
void sort_entries(struct entry **list, size_t nr, compare_fn compare);
compare_fn sort_order(const char *name); //@ +sort-order

#endif
