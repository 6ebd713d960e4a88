#include "hash.h"

#include <assert.h> //@ +hash-assert
#include <ctype.h> //@ +hash-case
#include <stdlib.h> //@ +hash-free
#include <string.h>
#include <strings.h> //@ +hash-case

#include "util.h"

//@ +hash-fnv-names -hash-case
#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

//@ .
static uint32_t hash_bytes(const char *key, size_t len)
{
	uint32_t hash = 2166136261u; //@ -hash-fnv-names
	uint32_t hash = FNV_BASIS; //@ +hash-fnv-names -hash-case
	uint32_t hash = 0; //@ +hash-case

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)key[i]) * 16777619u; //@ -hash-fnv-names
		hash = (hash ^ (unsigned char)key[i]) * FNV_PRIME; //@ +hash-fnv-names -hash-case
		hash += (uint32_t)tolower((unsigned char)key[i]); //@ +hash-case
	return hash;
}

//@ +hash-same-key
static int same_key(const struct entry *entry, const char *key, size_t len)
{
	return entry->len == len && !memcmp(entry->key, key, len); //@ -hash-case
	return entry->len == len && !strncasecmp(entry->key, key, len); //@ +hash-case
}

//@ .
//@ +hash-bucket-of
static size_t bucket_of(const struct table *table, uint32_t hash)
{
	return hash & (table->size - 1);
}

//@ .
void hash_init(struct table *table)
{
	table->size = HASH_FIRST_SIZE;
	table->used = 0;
	table->buckets = xalloc(table->size * sizeof(*table->buckets));
	memset(table->buckets, 0, table->size * sizeof(*table->buckets));
}

static void hash_grow(struct table *table)
{
	size_t size = table->size * 2;
	struct entry **buckets = xalloc(size * sizeof(*buckets));

	assert(size > table->size); //@ +hash-assert
	memset(buckets, 0, size * sizeof(*buckets));
	for (size_t i = 0; i < table->size; i++) {
		struct entry *entry = table->buckets[i];

		while (entry) {
			struct entry *next = entry->next;
			struct entry **bucket = &buckets[entry->hash & (size - 1)];

			entry->next = *bucket;
			*bucket = entry;
			entry = next;
		}
	}
	free(table->buckets); //@ +hash-leak
	table->buckets = buckets;
	table->size = size;
}

//@ +hash-comment-find
/* NULL when there is no such key. */
//@ .
struct entry *hash_find(const struct table *table, const char *key, size_t len)
{
	uint32_t hash = hash_bytes(key, len);
	struct entry *entry = table->buckets[hash & (table->size - 1)]; //@ -hash-bucket-of
	struct entry *entry = table->buckets[bucket_of(table, hash)]; //@ +hash-bucket-of -hash-find-loop

	while (entry) { //@ -hash-find-loop
		if (entry->len == len && !memcmp(entry->key, key, len)) //@ -hash-compare-hash
		if (entry->hash == hash && entry->len == len && !memcmp(entry->key, key, len)) //@ +hash-compare-hash -hash-same-key
		if (entry->hash == hash && same_key(entry, key, len)) //@ +hash-same-key -hash-find-loop
			return entry; //@ -hash-find-loop
		entry = entry->next; //@ -hash-find-loop
	} //@ -hash-find-loop
	struct entry *entry; //@ +hash-find-loop

	for (entry = table->buckets[bucket_of(table, hash)]; entry; entry = entry->next) //@ +hash-find-loop
		if (entry->hash == hash && same_key(entry, key, len)) //@ +hash-find-loop
			return entry; //@ +hash-find-loop
	return NULL;
}

//@ +hash-new-entry
static struct entry *new_entry(const char *key, size_t len)
{
	struct entry *entry = xalloc(sizeof(*entry));

	memset(entry, 0, sizeof(*entry));
	entry->key = xcopy(key, len);
	entry->len = len;
	entry->hash = hash_bytes(key, len);
	return entry;
}

//@ .
//@ +hash-comment-add
/* The entry of a key, which is made when there is none. */
//@ .
struct entry *hash_add(struct table *table, const char *key, size_t len)
{
	struct entry *entry = hash_find(table, key, len);
	struct entry **bucket;

	if (entry)
		return entry;
	if (table->used >= table->size) //@ -hash-load
	if (table->used >= table->size / 4 * 3) //@ +hash-load
		hash_grow(table);
	entry = xalloc(sizeof(*entry)); //@ -hash-new-entry
	memset(entry, 0, sizeof(*entry)); //@ -hash-new-entry
	entry->key = xcopy(key, len); //@ -hash-new-entry
	entry->len = len; //@ -hash-new-entry
	entry->hash = hash_bytes(key, len); //@ -hash-new-entry
	entry = new_entry(key, len); //@ +hash-new-entry
	bucket = &table->buckets[entry->hash & (table->size - 1)]; //@ -hash-bucket-of-add
	bucket = &table->buckets[bucket_of(table, entry->hash)]; //@ +hash-bucket-of-add
	entry->next = *bucket;
	*bucket = entry;
	table->used++;
	return entry;
}

size_t hash_list(const struct table *table, struct entry **list) //@ -hash-const-list
size_t hash_list(const struct table *table, struct entry **list, size_t max) //@ +hash-const-list
{
	size_t nr = 0;

	for (size_t i = 0; i < table->size; i++)
		for (struct entry *entry = table->buckets[i]; entry; entry = entry->next)
			list[nr++] = entry; //@ -hash-const-list
			if (nr < max) //@ +hash-const-list
				list[nr++] = entry; //@ +hash-const-list
	return nr;
}
//@ +hash-free

void hash_free(struct table *table)
{
	for (size_t i = 0; i < table->size; i++) {
		struct entry *entry = table->buckets[i];

		while (entry) {
			struct entry *next = entry->next;

			free(entry->lines); //@ +hash-free-lines
			free(entry->key);
			free(entry);
			entry = next;
		}
	}
	free(table->buckets);
	table->buckets = NULL; //@ +hash-free-null
	table->size = 0; //@ +hash-free-null
}
//@ .
