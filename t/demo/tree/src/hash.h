#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_FIRST_SIZE 64 //@ -hash-first-size
#define HASH_FIRST_SIZE 256 //@ +hash-first-size

//@ +hash-comment-entry
/* One key=value and the lines that hold it. */
//@ .
struct entry {
	struct entry *next;
	uint32_t hash;
	char *key;
	size_t len;
	uint64_t count;
	uint32_t *lines;
	size_t nlines;
	size_t alloc;
	int64_t sum; //@ +stats-sum
	int64_t smallest; //@ +stats-range
	int64_t largest; //@ +stats-range
};

//@ +hash-comment-table
/* Chains of entries; the number of buckets is a power of two. */
//@ .
struct table {
	struct entry **buckets;
	size_t size;
	size_t used;
};

void hash_init(struct table *table);
struct entry *hash_find(const struct table *table, const char *key, size_t len);
struct entry *hash_add(struct table *table, const char *key, size_t len);
size_t hash_list(const struct table *table, struct entry **list); //@ -hash-const-list
size_t hash_list(const struct table *table, struct entry **list, size_t max); //@ +hash-const-list
void hash_free(struct table *table); //@ +hash-free

#endif
