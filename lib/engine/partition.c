#include "engine/partition.h"

static bool has(const uint64_t *bits, size_t commit)
{
	return bits[commit / 64] >> commit % 64 & 1;
}

static size_t new_group(struct partition *p)
{
	size_t group = p->ngroups++, alloc = p->groups_alloc;

	ALLOC_GROW(p->groups, p->ngroups, p->groups_alloc);
	if (alloc != p->groups_alloc) {
		p->signatures = xreallocarray(p->signatures, p->groups_alloc, p->words * sizeof(uint64_t));
		p->order = xreallocarray(p->order, p->groups_alloc, sizeof(*p->order));
	}
	memset(&p->groups[group], 0, sizeof(p->groups[group]));
	memset(&p->signatures[group * p->words], 0, p->words * sizeof(uint64_t));
	return group;
}

void partition_init(struct partition *p, size_t ncommits)
{
	partition_release(p);
	p->ncommits = ncommits;
	p->group_of = xcalloc(ncommits, sizeof(*p->group_of));
	p->group_of[0] = PARTITION_NONE;
	p->ngroups = p->groups_alloc = 1;
	p->groups = xcalloc(1, sizeof(*p->groups));
	p->groups[0].size = ncommits - 1;
	p->signatures = xcalloc(p->words, sizeof(*p->signatures));
	p->order = xcalloc(1, sizeof(*p->order));
}

void partition_release(struct partition *p)
{
	free(p->group_of);
	free(p->groups);
	free(p->signatures);
	free(p->order);
	*p = (struct partition)PARTITION_INIT;
}

void partition_exclude(struct partition *p, const uint64_t *bits, bool inside)
{
	if (p->ntests)
		BUG("commits are excluded after a test");
	for (size_t c = 1; c < p->ncommits; c++)
		if (has(bits, c) == inside && p->group_of[c] != PARTITION_NONE) {
			p->group_of[c] = PARTITION_NONE;
			p->groups[0].size--;
		}
}

/* Room for one more test in every signature. */
static void widen(struct partition *p)
{
	size_t words = 2 * p->words;
	uint64_t *wider;

	if (p->ntests < 64 * p->words)
		return;
	wider = xcalloc(p->groups_alloc, words * sizeof(*wider));
	for (size_t g = 0; g < p->ngroups; g++)
		memcpy(wider + g * words, p->signatures + g * p->words, p->words * sizeof(*wider));
	free(p->signatures);
	p->signatures = wider;
	p->words = words;
}

/* Moves the `inside` commits of a group to a group of their own, unless they are all of it. */
static uint32_t split(struct partition *p, uint32_t group, size_t inside, size_t test)
{
	uint32_t to = group;

	if (inside < p->groups[group].size) {
		to = (uint32_t)new_group(p);
		memcpy(p->signatures + to * p->words, p->signatures + group * p->words,
		       p->words * sizeof(uint64_t));
		p->groups[to].size = inside;
		p->groups[group].size -= inside;
	}
	p->signatures[to * p->words + test / 64] |= (uint64_t)1 << test % 64;
	return to;
}

size_t partition_add(struct partition *p, const uint64_t *ancestors)
{
	size_t old = p->ngroups, test = p->ntests;
	size_t *inside = xcalloc(old, sizeof(*inside));
	uint32_t *to = xmalloc(old * sizeof(*to));

	widen(p);
	p->ntests++;
	for (size_t c = 1; c < p->ncommits; c++)
		if (p->group_of[c] != PARTITION_NONE)
			inside[p->group_of[c]] += has(ancestors, c);
	for (size_t g = 0; g < old; g++)
		to[g] = inside[g] ? split(p, (uint32_t)g, inside[g], test) : (uint32_t)g;
	for (size_t c = 1; c < p->ncommits; c++)
		if (p->group_of[c] != PARTITION_NONE && has(ancestors, c))
			p->group_of[c] = to[p->group_of[c]];
	free(inside);
	free(to);
	return test;
}

void partition_weigh(struct partition *p, const double *weights)
{
	uint32_t *at;
	size_t nr = 0;

	if (p->weighed == p->ntests + 1)
		return;
	p->weighed = p->ntests + 1;
	at = xmalloc(p->ncommits * sizeof(*at));
	for (size_t g = 0; g < p->ngroups; g++)
		p->groups[g].weight = 0;
	for (size_t c = 1; c < p->ncommits; c++) {
		struct partition_group *group;

		if (p->group_of[c] == PARTITION_NONE)
			continue;
		group = &p->groups[p->group_of[c]];
		group->weight += weights[c];
		group->last = c;
	}
	/* A counting sort: the last commits are distinct. */
	for (size_t c = 0; c < p->ncommits; c++)
		at[c] = PARTITION_NONE;
	for (size_t g = 0; g < p->ngroups; g++)
		if (p->groups[g].size)
			at[p->groups[g].last] = (uint32_t)g;
	for (size_t c = 0; c < p->ncommits; c++)
		if (at[c] != PARTITION_NONE)
			p->order[nr++] = at[c];
	p->ngroups = nr ? p->ngroups : 0;
	free(at);
}
