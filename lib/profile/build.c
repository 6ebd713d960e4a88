#include "profile/build.h"

#include "base/error.h"
#include "profile/calls.h"
#include "profile/clean.h"

struct build_slot {
	uint32_t hash;
	/* The row's number + 1; 0: free. */
	uint32_t row;
};

/* Eight bytes a step: profiles have millions of long paths. */
static uint64_t hash_bytes(uint64_t hash, const char *text, size_t len)
{
	for (;;) {
		uint64_t word = 0;
		size_t n = len < sizeof(word) ? len : sizeof(word);

		memcpy(&word, text, n);
		/* The last word is never full, so that "ab", "c" is not "a", "bc". */
		if (n < sizeof(word))
			word |= (uint64_t)(n + 1) << 56;
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
		if (n < sizeof(word))
			return hash;
		text += n;
		len -= n;
	}
}

/* The slot of the row with this function and path, or the free one where it belongs. */
static struct build_slot *slot_of(const struct build *b, const char *function, size_t len, const char *path,
				  uint32_t hash)
{
	size_t at = hash & (b->nslots - 1);

	for (; b->slots[at].row; at = (at + 1) & (b->nslots - 1)) {
		const struct profile_row *row = &b->profile->rows[b->slots[at].row - 1];

		if (b->slots[at].hash == hash && !strncmp(row->function, function, len) &&
		    !row->function[len] && !strcmp(row->path, path))
			break;
	}
	return &b->slots[at];
}

static void grow_slots(struct build *b)
{
	struct build_slot *old = b->slots;
	size_t nold = b->nslots;

	b->nslots = nold ? nold * 2 : 1024;
	b->slots = xcalloc(b->nslots, sizeof(*b->slots));
	for (size_t i = 0; i < nold; i++) {
		size_t at = old[i].hash & (b->nslots - 1);

		if (!old[i].row)
			continue;
		while (b->slots[at].row)
			at = (at + 1) & (b->nslots - 1);
		b->slots[at] = old[i];
	}
	free(old);
}

static void add_to_row(struct profile *profile, struct profile_row *row, const struct profile_row *add)
{
	row->samples += add->samples;
	if (profile->has_percent) {
		row->percent += add->percent;
		/* Shares that include callees may add up to more. */
		if (row->percent > 100)
			row->percent = 100;
	}
	if (row->children < add->children)
		row->children = add->children;
	if (!row->calls)
		row->calls = add->calls;
	else
		profile_calls_free(add->calls);
}

static int check_room(const struct build *b, const struct profile_row *add)
{
	if (b->rows == PROFILE_ROWS_MAX)
		return error_set("more than %d rows; keep the hottest functions only", PROFILE_ROWS_MAX);
	if (add->samples > PROFILE_SAMPLES_MAX - b->profile->samples)
		return error_set("up to here there are more than %" PRIu64 " samples", PROFILE_SAMPLES_MAX);
	return 0;
}

int build_row(struct build *b, const char *function, size_t len, const char *path, const struct profile_row *add)
{
	struct profile *profile = b->profile;
	size_t path_len = strlen(path);
	struct build_slot *slot;
	uint32_t hash;

	if (check_room(b, add)) {
		profile_calls_free(add->calls);
		return -1;
	}
	b->rows++;
	profile->samples += add->samples;
	len = clean_function(function, len);
	hash = (uint32_t)hash_bytes(hash_bytes(0, function, len), path, path_len);
	if (profile->nr * 2 >= b->nslots)
		grow_slots(b);
	slot = slot_of(b, function, len, path, hash);
	if (slot->row) {
		add_to_row(profile, &profile->rows[slot->row - 1], add);
		return 0;
	}
	ALLOC_GROW(profile->rows, profile->nr + 1, profile->alloc);
	profile->rows[profile->nr] = *add;
	profile->rows[profile->nr].function = xmemdupz(function, len);
	profile->rows[profile->nr].symbol = add->symbol ? xstrdup(add->symbol) : NULL;
	profile->rows[profile->nr].path = strmap_key(&profile->paths,
						     strmap_intern(&profile->paths, path, path_len));
	profile->nr++;
	*slot = (struct build_slot){ .hash = hash, .row = (uint32_t)profile->nr };
	return 0;
}

void build_release(struct build *b)
{
	free(b->slots);
	b->slots = NULL;
	b->nslots = 0;
}
