#include "profile/resolve.h"

#include "base/strmap.h"
#include "profile/clean.h"

/* More places of one name are not looked at. */
#define LOOK_MAX 512
/* How many places of one function a sentence names. */
#define SHOWN_MAX 2

/* What the profile's right paths tell of where it was recorded. */
struct setting {
	/* "x86" and so on. */
	struct strmap machines;
	bool has_aside;
};

struct candidates {
	struct definition v[LOOK_MAX];
	size_t nr;
};

typedef bool keep_fn(const struct definition *place, const void *data);

/* Drops what is not to be kept, unless nothing were left. */
static void narrow(struct candidates *c, keep_fn *keep, const void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->nr; i++)
		kept += keep(&c->v[i], data);
	if (!kept || kept == c->nr)
		return;
	kept = 0;
	for (size_t i = 0; i < c->nr; i++)
		if (keep(&c->v[i], data))
			c->v[kept++] = c->v[i];
	c->nr = kept;
}

static bool is_no_stub(const struct definition *place, const void *data UNUSED)
{
	return !(place->flags & FACTS_STUB);
}

static bool is_of_kind(const struct definition *place, const void *data)
{
	static const unsigned wanted[] = {
		[SYMBOL_PLAIN] = 0, [SYMBOL_SYSCALL] = FACTS_SYSCALL, [SYMBOL_COMPAT_SYSCALL] = FACTS_SYSCALL | FACTS_COMPAT
	};
	const enum clean_symbol *kind = data;

	return (place->flags & (FACTS_SYSCALL | FACTS_COMPAT)) == wanted[*kind];
}

static bool is_named_path(const struct definition *place, const void *data)
{
	return !strcmp(place->path, data);
}

/* Is the path in a folder of what is not the program itself? */
static bool is_aside(const char *path)
{
	static const char *const folders[] = { "tools",    "samples",   "scripts",   "Documentation",
					       "doc",      "docs",      "test",      "tests",
					       "testing",  "selftests", "unittests", "example",
					       "examples", "benchmarks" };
	const char *slash;

	for (; (slash = strchr(path, '/')); path = slash + 1)
		for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
			if (strlen(folders[i]) == (size_t)(slash - path) &&
			    !strncmp(path, folders[i], (size_t)(slash - path)))
				return true;
	return false;
}

/* Which machine is the path for, by the first of its folders that is one's name? 0: for any. */
static size_t machine_of(const char *path, const char **machine)
{
	static const char *const names[] = { "x86",     "x86_64",  "i386",    "amd64",    "arm",
					     "arm64",   "aarch64", "powerpc", "ppc",      "ppc64",
					     "ppc_64",  "mips",    "riscv",   "s390",     "sparc",
					     "sparc64", "ia64",    "alpha",   "loongarch" };
	const char *slash;

	*machine = path;
	if (starts_with(path, "arch/")) {
		*machine += strlen("arch/");
		slash = strchr(*machine, '/');
		return slash ? (size_t)(slash - *machine) : 0;
	}
	for (; (slash = strchr(*machine, '/')); *machine = slash + 1)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (strlen(names[i]) == (size_t)(slash - *machine) &&
			    !strncmp(*machine, names[i], (size_t)(slash - *machine)))
				return (size_t)(slash - *machine);
	return 0;
}

static bool fits_setting(const struct definition *place, const void *data)
{
	const struct setting *setting = data;
	const char *machine;
	size_t len = machine_of(place->path, &machine);

	return !len || !setting->machines.nr || strmap_find(&setting->machines, machine, len) >= 0;
}

/* Weak, or of a machine that may be another than the profile's. */
static bool is_certain(const struct definition *place, const void *data)
{
	const struct setting *setting = data;
	const char *machine;

	return !(place->flags & FACTS_WEAK) && (setting->machines.nr || !machine_of(place->path, &machine));
}

/* A weak definition holds where there is no strong one; of other machines' strong ones we do not know. */
static void drop_weak(struct candidates *c, const struct setting *setting)
{
	size_t kept = 0;
	bool strong = false;

	for (size_t i = 0; i < c->nr; i++)
		strong |= is_certain(&c->v[i], setting);
	if (!strong)
		return;
	for (size_t i = 0; i < c->nr; i++)
		if (!(c->v[i].flags & FACTS_WEAK))
			c->v[kept++] = c->v[i];
	c->nr = kept;
}

static bool is_inside(const struct definition *place, const void *data UNUSED)
{
	return !is_aside(place->path);
}

/* All that may be meant by the row's name, and by its symbol. */
static void look_up(const struct definitions *definitions, const char *name, enum clean_symbol kind,
		    struct candidates *c)
{
	c->nr = definitions_find(definitions, name, strlen(name), c->v, LOOK_MAX);
	if (c->nr > LOOK_MAX)
		c->nr = LOOK_MAX;
	narrow(c, is_no_stub, NULL);
	narrow(c, is_of_kind, &kind);
}

static void add_place(struct resolved *resolved, struct resolved_row *row, const char *path)
{
	for (size_t i = 0; i < row->nr; i++)
		if (!strcmp(resolved->places[row->first + i], path))
			return;
	ALLOC_GROW(resolved->places, resolved->nplaces + 1, resolved->alloc);
	resolved->places[resolved->nplaces++] = path;
	row->nr++;
}

static void note_path(struct setting *setting, const char *path)
{
	const char *machine;
	size_t len = machine_of(path, &machine);

	if (len)
		strmap_intern(&setting->machines, machine, len);
	setting->has_aside |= is_aside(path);
}

static void note_symbol(struct setting *setting, const char *symbol)
{
	static const struct {
		const char *prefix, *machine;
	} entries[] = { { "__x64_", "x86" },
			{ "__ia32_", "x86" },
			{ "__arm64_", "arm64" },
			{ "__riscv_", "riscv" },
			{ "__s390", "s390" } };

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (starts_with(symbol, entries[i].prefix))
			strmap_intern(&setting->machines, entries[i].machine, strlen(entries[i].machine));
}

/* What kind of symbol is it, and what does the source call it? */
static enum clean_symbol name_row(struct resolved_row *row, const char *symbol)
{
	enum clean_symbol kind;
	char *name = clean_symbol(symbol, &kind);

	row->owns_name = strcmp(name, symbol) != 0;
	row->name = row->owns_name ? name : symbol;
	if (!row->owns_name)
		free(name);
	return kind;
}

/* Rows whose path is right; they say what the others may be. */
static void take_right_rows(const struct profile *profile, const struct definitions *definitions,
			    struct resolved *resolved, struct setting *setting, struct candidates *c)
{
	for (size_t i = 0; i < profile->nr; i++) {
		const struct profile_row *from = &profile->rows[i];
		struct resolved_row *row = &resolved->rows[i];
		enum clean_symbol kind;

		kind = name_row(row, from->function);
		row->first = (uint32_t)resolved->nplaces;
		if (!definitions)
			continue;
		look_up(definitions, row->name, kind, c);
		for (size_t k = 0; k < c->nr && !row->nr; k++)
			if (is_named_path(&c->v[k], from->path))
				add_place(resolved, row, from->path);
		note_symbol(setting, from->function);
		if (row->nr)
			note_path(setting, from->path);
	}
}

static size_t shared_start(const char *a, const char *b)
{
	size_t folders = 0;

	for (; *a && *a == *b; a++, b++)
		folders += *a == '/';
	return folders;
}

/* The place nearest to what the profile says comes first; the others stay in their order. */
static void put_nearest_first(struct candidates *c, const char *path)
{
	size_t best = 0;
	struct definition nearest;

	for (size_t i = 1; i < c->nr; i++)
		if (shared_start(c->v[i].path, path) > shared_start(c->v[best].path, path))
			best = i;
	nearest = c->v[best];
	memmove(c->v + 1, c->v, best * sizeof(*c->v));
	c->v[0] = nearest;
}

static void take_other_row(const struct profile_row *from, const struct definitions *definitions,
			   struct resolved *resolved, struct resolved_row *row, const struct setting *setting,
			   struct candidates *c)
{
	enum clean_symbol kind;

	free(clean_symbol(from->function, &kind));
	look_up(definitions, row->name, kind, c);
	narrow(c, fits_setting, setting);
	drop_weak(c, setting);
	if (!setting->has_aside)
		narrow(c, is_inside, NULL);
	row->first = (uint32_t)resolved->nplaces;
	if (!c->nr)
		return;
	put_nearest_first(c, from->path);
	for (size_t i = 0; i < c->nr && row->nr <= RESOLVE_PLACES_MAX; i++)
		add_place(resolved, row, c->v[i].path);
	if (row->nr > RESOLVE_PLACES_MAX) {
		resolved->nplaces = row->first;
		row->nr = 0;
	}
}

/* The index does not read every kind of file: of those that it does not, the profile knows more. */
static bool is_beyond_index(const struct profile_row *row)
{
	return *row->path && !facts_wanted(row->path);
}

void profile_resolve(const struct profile *profile, const struct definitions *definitions,
		     struct resolved *resolved)
{
	struct setting setting = { .machines = STRMAP_INIT };
	struct candidates *c = xmalloc(sizeof(*c));

	resolved->nr = profile->nr;
	resolved->rows = xcalloc(profile->nr, sizeof(*resolved->rows));
	take_right_rows(profile, definitions, resolved, &setting, c);
	for (size_t i = 0; i < profile->nr; i++) {
		const struct profile_row *from = &profile->rows[i];
		struct resolved_row *row = &resolved->rows[i];

		if (row->nr) {
			row->verdict = RESOLVE_RIGHT;
		} else if (definitions && !is_beyond_index(from)) {
			take_other_row(from, definitions, resolved, row, &setting, c);
			if (row->nr)
				row->verdict = *from->path ? RESOLVE_WRONG : RESOLVE_FOUND;
		}
		resolved->counts[row->verdict]++;
	}
	strmap_release(&setting.machines);
	free(c);
}

void resolved_release(struct resolved *resolved)
{
	for (size_t i = 0; i < resolved->nr; i++)
		if (resolved->rows[i].owns_name)
			free((void *)(uintptr_t)resolved->rows[i].name);
	free(resolved->rows);
	free(resolved->places);
	*resolved = (struct resolved)RESOLVED_INIT;
}

static int hottest_first(const void *a, const void *b, void *data)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	double share_x = profile_share(data, x), share_y = profile_share(data, y);

	if (share_x != share_y)
		return share_x > share_y ? -1 : 1;
	return (x > y) - (x < y);
}

static void add_correction(const struct resolved *resolved, const struct resolved_row *row, const char *path,
			   struct strbuf *out)
{
	strbuf_addf(out, "%s %s -> ", row->name, path);
	for (size_t i = 0; i < row->nr && i < SHOWN_MAX; i++)
		strbuf_addf(out, "%s%s", i ? " and " : "", resolved->places[row->first + i]);
	if (row->nr > SHOWN_MAX)
		strbuf_addf(out, " and %d more", row->nr - SHOWN_MAX);
}

void resolved_report(const struct profile *profile, const struct resolved *resolved, size_t max,
		     struct strbuf *out)
{
	size_t nr = resolved->counts[RESOLVE_WRONG], paths = 0, at = 0;
	uint32_t *wrong = xcalloc(nr, sizeof(*wrong));

	for (size_t i = 0; i < resolved->nr; i++) {
		paths += *profile->rows[i].path != '\0';
		if (resolved->rows[i].verdict == RESOLVE_WRONG)
			wrong[at++] = (uint32_t)i;
	}
	if (nr) {
		qsort_r(wrong, nr, sizeof(*wrong), hottest_first, (void *)(uintptr_t)profile);
		strbuf_addf(out, "%zu of %zu paths were wrong and are corrected: ", nr, paths);
	}
	for (size_t i = 0; i < nr && i < max; i++) {
		strbuf_addstr(out, i ? ", " : "");
		add_correction(resolved, &resolved->rows[wrong[i]], profile->rows[wrong[i]].path, out);
	}
	if (nr > max)
		strbuf_addf(out, ", and %zu more", nr - max);
	free(wrong);
}
