#include "index.h"

#include <string.h>

#include "stats.h" //@ +stats-sum
#include "util.h"

//@ +index-first-lines
#define FIRST_LINES 4 //@ -index-first-eight
#define FIRST_LINES 8 //@ +index-first-eight

//@ .
void index_init(struct index *index)
{
	hash_init(&index->table);
	index->nlines = 0;
	index->nfields = 0; //@ +index-count-fields
	index->skipped = 0; //@ +index-skipped
}

static void add_line(struct entry *entry, uint32_t line)
{
	//@ +index-once-a-line
	if (entry->nlines > 0 && entry->lines[entry->nlines - 1] == line)
		return;
	//@ .
	if (entry->nlines == entry->alloc) {
		entry->alloc = entry->alloc ? entry->alloc * 2 : 4; //@ -index-first-lines
		entry->alloc = entry->alloc ? entry->alloc * 2 : FIRST_LINES; //@ +index-first-lines -index-grow-half
		entry->alloc = entry->alloc ? entry->alloc + entry->alloc / 2 : FIRST_LINES; //@ +index-grow-half
		entry->lines = xgrow(entry->lines, entry->alloc * sizeof(*entry->lines));
	}
	entry->lines[entry->nlines++] = line;
}

//@ +index-join
/* "key=value" in `joined`; 0 when it is too long to be of use. */
static size_t join(const struct field *field, char *joined)
{
	size_t len = field->keylen + 1 + field->valuelen;

	if (len > MAX_KEY)
		return 0;
	memcpy(joined, field->key, field->keylen);
	joined[field->keylen] = '=';
	memcpy(joined + field->keylen + 1, field->value, field->valuelen);
	return len;
}

//@ .
static void add_field(struct index *index, const struct field *field)
{
	char joined[MAX_KEY];
	size_t len = field->keylen + 1 + field->valuelen; //@ -index-join
	size_t len = join(field, joined); //@ +index-join
	struct entry *entry;

	if (len > MAX_KEY) //@ -index-join
	if (len == 0) //@ +index-join -index-skipped
		return; //@ -index-skipped
	if (len == 0) { //@ +index-skipped
		index->skipped++; //@ +index-skipped
		return; //@ +index-skipped
	} //@ +index-skipped
	memcpy(joined, field->key, field->keylen); //@ -index-join
	joined[field->keylen] = '='; //@ -index-join
	memcpy(joined + field->keylen + 1, field->value, field->valuelen); //@ -index-join
	entry = hash_add(&index->table, joined, len);
	entry->count++;
	index->nfields++; //@ +index-count-fields
	add_line(entry, index->nlines);
	stats_add(entry, field->value, field->valuelen); //@ +stats-sum
}

void index_line(struct index *index, const char *line, size_t len)
{
	struct field fields[MAX_FIELDS]; //@ -index-fields-once
	struct field *fields = index->fields; //@ +index-fields-once
	int nr = parse_line(line, len, fields, MAX_FIELDS);

	if (nr == 0) //@ +index-empty-lines -index-number-all
		return; //@ +index-empty-lines -index-number-all
	index->nlines++;
	for (int i = 0; i < nr; i++)
		add_field(index, &fields[i]);
}
//@ +index-text

void index_text(struct index *index, const char *text, size_t len)
{
	const char *at = text, *end = text + len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!stop)
			stop = end;
		index_line(index, at, (size_t)(stop - at));
		at = stop + 1; //@ -index-last-line
		at = stop < end ? stop + 1 : end; //@ +index-last-line
	}
}
//@ .
//@ +index-entries

size_t index_entries(const struct index *index, struct entry ***list)
{
	*list = xalloc(index->table.used * sizeof(**list));
	return hash_list(&index->table, *list); //@ -hash-const-list
	return hash_list(&index->table, *list, index->table.used); //@ +hash-const-list
}
//@ .
//@ +index-free

void index_free(struct index *index)
{
	hash_free(&index->table);
}
//@ .
