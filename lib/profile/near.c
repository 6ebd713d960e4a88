#include "profile/near.h"

#define EDITS_MAX 2
/* Below this length two edits would make anything of a name. */
#define SHORT_NAME 5

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static uint64_t letters_of(const char *text, size_t len)
{
	uint64_t letters = 0;

	for (size_t i = 0; i < len; i++)
		letters |= (uint64_t)1 << (text[i] & 63);
	return letters;
}

void near_wish(struct near *near, const char *path)
{
	struct near_wish *wish;

	ALLOC_GROW(near->v, near->nr + 1, near->alloc);
	wish = &near->v[near->nr++];
	memset(wish, 0, sizeof(*wish));
	wish->path = path;
	wish->base = base_of(path);
	wish->base_len = strlen(wish->base);
	wish->letters = letters_of(wish->base, wish->base_len);
}

void near_release(struct near *near)
{
	for (size_t i = 0; i < near->nr; i++)
		for (size_t n = 0; n < near->v[i].nr; n++)
			free(near->v[i].best[n].path);
	free(near->v);
	*near = (struct near)NEAR_INIT;
}

/* Can `a` become `b` with at most `edits` edits? Calls itself no deeper than `edits`. */
static bool within(const char *a, size_t na, const char *b, size_t nb, unsigned edits)
{
	while (na && nb && *a == *b) {
		a++;
		b++;
		na--;
		nb--;
	}
	if (!na || !nb)
		return na + nb <= edits;
	if (!edits)
		return false;
	if (na > 1 && nb > 1 && a[0] == b[1] && a[1] == b[0] && within(a + 2, na - 2, b + 2, nb - 2, edits - 1))
		return true;
	return within(a + 1, na - 1, b + 1, nb - 1, edits - 1) || within(a + 1, na - 1, b, nb, edits - 1) ||
	       within(a, na, b + 1, nb - 1, edits - 1);
}

/* The number of edits between the file names; more than EDITS_MAX: too many. */
static unsigned edits_between(const struct near_wish *wish, const char *base, size_t len)
{
	unsigned limit = wish->base_len < SHORT_NAME ? 1 : EDITS_MAX;

	for (unsigned edits = 0; edits <= limit; edits++)
		if (within(wish->base, wish->base_len, base, len, edits))
			return edits;
	return EDITS_MAX + 1;
}

/* How many directories two paths share from the top on. */
static size_t shared_top(const char *a, const char *b)
{
	size_t shared = 0;

	for (; *a && *a == *b; a++, b++)
		shared += *a == '/';
	return shared;
}

/* Where the last directory of `path`, of which `len` bytes up to a "/" count, begins. */
static size_t last_directory(const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len - 1);

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* How many they share from the file's own upward; `na` and `nb` end behind the last "/". */
static size_t shared_bottom(const char *a, size_t na, const char *b, size_t nb)
{
	size_t shared = 0;

	while (na && nb) {
		size_t at_a = last_directory(a, na), at_b = last_directory(b, nb);

		if (na - at_a != nb - at_b || memcmp(a + at_a, b + at_b, na - at_a))
			break;
		shared++;
		na = at_a;
		nb = at_b;
	}
	return shared;
}

static size_t shared_directories(const struct near_wish *wish, const char *path, const char *base)
{
	return shared_top(wish->path, path) +
	       shared_bottom(wish->path, (size_t)(wish->base - wish->path), path, (size_t)(base - path));
}

static bool is_nearer(const struct near_path *a, const struct near_path *b)
{
	if (a->edits != b->edits)
		return a->edits < b->edits;
	if (a->shared != b->shared)
		return a->shared > b->shared;
	return strcmp(a->path, b->path) < 0;
}

static void keep_best(struct near_wish *wish, struct near_path offered)
{
	size_t at = wish->nr;

	while (at && is_nearer(&offered, &wish->best[at - 1]))
		at--;
	if (at == NEAR_BEST)
		return;
	if (wish->nr == NEAR_BEST)
		free(wish->best[--wish->nr].path);
	memmove(wish->best + at + 1, wish->best + at, (wish->nr - at) * sizeof(*wish->best));
	wish->best[at] = offered;
	wish->best[at].path = xstrdup(offered.path);
	wish->nr++;
	/* Of names that are the same, those that only resemble are no rivals. */
	while (!wish->best[0].edits && wish->best[wish->nr - 1].edits)
		free(wish->best[--wish->nr].path);
}

void near_offer(struct near *near, const char *path)
{
	const char *base = base_of(path);
	size_t len = strlen(base);
	uint64_t letters = letters_of(base, len);

	for (size_t i = 0; i < near->nr; i++) {
		struct near_wish *wish = &near->v[i];
		size_t longer = len > wish->base_len ? len - wish->base_len : wish->base_len - len;
		struct near_path offered = { .path = (char *)path };

		/* Cheap and never wrong: an edit changes at most two kinds of characters. */
		if (longer > EDITS_MAX || __builtin_popcountll(letters ^ wish->letters) > 2 * EDITS_MAX)
			continue;
		offered.edits = edits_between(wish, base, len);
		if (offered.edits > EDITS_MAX)
			continue;
		offered.shared = shared_directories(wish, path, base);
		keep_best(wish, offered);
	}
}
