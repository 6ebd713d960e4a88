//@ file +stats-sum
#include "stats.h"

#include "util.h"

void stats_add(struct entry *entry, const char *value, size_t len)
{
	int64_t number;

	if (len == 0 || (value[0] != '-' && (value[0] < '0' || value[0] > '9'))) //@ +stats-first-byte
		return; //@ +stats-first-byte
	if (parse_number(value, len, &number))
		return;
	if (entry->count == 1 || number < entry->smallest) //@ +stats-range
		entry->smallest = number; //@ +stats-range
	if (entry->count == 1 || number > entry->largest) //@ +stats-range
		entry->largest = number; //@ +stats-range
	entry->sum += number;
}
//@ +stats-mean

double stats_mean(const struct entry *entry)
{
	return (double)entry->sum / (double)entry->count; //@ -stats-no-count
	return entry->count ? (double)entry->sum / (double)entry->count : 0; //@ +stats-no-count
}
//@ .
//@ +stats-spread

double stats_spread(const struct entry *entry)
{
	return (double)(entry->largest - entry->smallest); //@ -stats-wide
	return (double)entry->largest - (double)entry->smallest; //@ +stats-wide
}
//@ .
