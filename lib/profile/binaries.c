#include "profile/binaries.h"

#include <fts.h>

#include "base/error.h"
#include "profile/clean.h"

/* A kernel runs a multiple of this away from where it was linked. */
#define KERNEL_STEP ((uint64_t)2 << 20)
/* And a program, a multiple of a page. */
#define PROGRAM_STEP ((uint64_t)4096)

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_module_file(const char *name)
{
	const char *end = strstr(base_of(name), ".ko");

	return end && (!end[3] || end[3] == '.');
}

static bool is_vmlinux(const char *name)
{
	return starts_with(name, "[kernel") || (*name == '/' && starts_with(base_of(name), "vmlinux"));
}

bool binary_is_kernel(const char *name)
{
	static const char *const others[] = { "[vdso]", "[vsyscall]", "[unknown]",
					      "[heap]", "[stack]",    "[anon]" };

	if (*name != '[')
		return is_module_file(name) || is_vmlinux(name);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(name, others[i]))
			return false;
	return true;
}

/* "snd_hda_intel" of /lib/modules/6.1/.../snd-hda-intel.ko.xz and of [snd_hda_intel]. */
static void module_name(struct strbuf *out, const char *name)
{
	size_t len;

	name = base_of(name);
	name += *name == '[';
	len = strcspn(name, ".]");
	strbuf_reset(out);
	for (size_t i = 0; i < len; i++)
		strbuf_addch(out, name[i]);
	for (size_t i = 0; i < out->len; i++)
		if (out->buf[i] == '-')
			out->buf[i] = '_';
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The first file of each module below the folder, in byte order. */
static int list_modules(struct binaries *binaries, const char *folder)
{
	char *const roots[] = { (char *)folder, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;

	while (tree && (entry = fts_read(tree))) {
		size_t known = binaries->modules.nr;

		if (entry->fts_info != FTS_F || !is_module_file(entry->fts_name))
			continue;
		module_name(&binaries->scratch, entry->fts_name);
		if (strmap_intern(&binaries->modules, binaries->scratch.buf, binaries->scratch.len) == known)
			strvec_push(&binaries->module_paths, entry->fts_path);
	}
	if (tree)
		fts_close(tree);
	if (!binaries->modules.nr)
		return error_set("there is no module (*.ko) below %s", folder);
	return 0;
}

int binaries_prepare(struct binaries *binaries, const struct profile_options *options)
{
	binaries->options = options;
	if (options->vmlinux) {
		if (source_open(&binaries->vmlinux, options->vmlinux))
			return -1;
		if (!source_nr(binaries->vmlinux))
			return error_set("%s has no debug information; take the vmlinux of the build folder, "
					 "or of the kernel's debug package",
					 options->vmlinux);
	}
	if (options->modules && list_modules(binaries, options->modules))
		return -1;
	return options->repo ? suffixes_load(&binaries->suffixes, options->repo, options->commit) : 0;
}

static struct binary *binary_of(struct binaries *binaries, const char *name)
{
	size_t known = binaries->names.nr, id = strmap_intern(&binaries->names, name, strlen(name));

	ALLOC_GROW(binaries->v, id + 1, binaries->alloc);
	if (id == known)
		binaries->v[id] = (struct binary){ .build_id = xstrdup("") };
	return &binaries->v[id];
}

void binaries_add_build_id(struct binaries *binaries, const char *name, const char *build_id)
{
	struct binary *binary = binary_of(binaries, name);

	free(binary->build_id);
	binary->build_id = xstrdup(build_id);
}

int binaries_check_kernel(const struct binaries *binaries, const char *profile)
{
	const char *ours = binaries->vmlinux ? source_build_id(binaries->vmlinux) : "";

	for (size_t i = 0; *ours && i < binaries->names.nr; i++) {
		const char *recorded = binaries->v[i].build_id;

		if (is_vmlinux(strmap_key(&binaries->names, i)) && *recorded && strcmp(recorded, ours))
			return error_set("%s is not the kernel of %s: its build id is %.12s, not %.12s",
					 binaries->options->vmlinux, profile, ours, recorded);
	}
	return 0;
}

/* Opens a file if it is the one that was recorded; NULL otherwise, and that is no error. */
static struct source *open_recorded(const char *path, const char *build_id)
{
	struct source *source;

	if (source_open(&source, path)) {
		error_clear();
		return NULL;
	}
	if (!*build_id || !*source_build_id(source) || !strcmp(build_id, source_build_id(source)))
		return source;
	source_close(source);
	return NULL;
}

static struct source *open_cached(const char *build_id)
{
	const char *home = getenv("HOME");
	struct source *source;
	char *path;

	if (!home || strlen(build_id) < 3)
		return NULL;
	path = xstrfmt("%s/.debug/.build-id/%.2s/%s/elf", home, build_id, build_id + 2);
	source = open_recorded(path, build_id);
	free(path);
	return source;
}

static void open_binary(struct binaries *binaries, struct binary *binary, const char *name)
{
	const char *path = name;
	ssize_t module;

	binary->tried = true;
	if (binary_is_kernel(name) && !is_vmlinux(name)) {
		module_name(&binaries->scratch, name);
		module = strmap_get(&binaries->modules, binaries->scratch.buf);
		if (module >= 0)
			path = binaries->module_paths.v[module];
	}
	if (*path == '/' || path != name)
		binary->source = open_recorded(path, binary->build_id);
	if (!binary->source)
		binary->source = open_cached(binary->build_id);
}

/* Does the range that was found for an offset begin there? */
static bool begins_at(struct source *source, const struct source_function *f, uint64_t offset)
{
	struct source_function before;

	return !source_at_offset(source, offset - 1, &before) || before.low != f->low;
}

static bool find_place(struct source *source, const struct place *place, uint64_t step,
		       struct source_function *f)
{
	char *name;
	bool found;

	/* An offset that begins no function is none: perf before 5.13 has addresses as they ran. */
	if (step == PROGRAM_STEP && source_at_offset(source, place->address, f) &&
	    (!place->is_begin || begins_at(source, f, place->address)))
		return true;
	name = xmemdupz(place->function, clean_function(place->function, strlen(place->function)));
	found = source_named(source, name, place->address, step, f);
	free(name);
	return found;
}

const char *binaries_path(struct binaries *binaries, const struct place *place, const char **name)
{
	struct source_function f;
	struct source *source;
	uint64_t step = PROGRAM_STEP;

	if (binary_is_kernel(place->object))
		step = is_vmlinux(place->object) ? KERNEL_STEP : 0;
	if (is_vmlinux(place->object) && binaries->vmlinux) {
		source = binaries->vmlinux;
	} else {
		struct binary *binary = binary_of(binaries, place->object);

		if (!binary->tried)
			open_binary(binaries, binary, place->object);
		source = binary->source;
	}
	if (!source || !source_nr(source) || !find_place(source, place, step, &f))
		return "";
	if (name)
		*name = f.name;
	return binaries_file(binaries, f.file, f.folder);
}

/* Without a tree: below the folder of the compiler, else from the root on. */
static void make_relative(struct strbuf *out, const char *file, const char *folder)
{
	struct strbuf top = STRBUF_INIT;
	const char *from;

	suffix_normalize(out, file);
	suffix_normalize(&top, folder);
	from = out->buf;
	if (top.len > 1 && starts_with(from, top.buf) && from[top.len] == '/')
		from += top.len;
	from += strspn(from, "/");
	strbuf_release(&top);
	memmove(out->buf, from, strlen(from) + 1);
	strbuf_setlen(out, strlen(out->buf));
}

static const char *tree_path(struct binaries *binaries, const char *file, const char *folder)
{
	struct strbuf cleaned = STRBUF_INIT;
	const char *path;

	if (binaries->options->repo) {
		path = suffixes_find(&binaries->suffixes, file);
		return path ? path : "";
	}
	make_relative(&binaries->scratch, file, folder);
	/* What climbs out of everything cannot be read back. */
	path = clean_path(&cleaned, binaries->scratch.buf) ? "" : binaries->scratch.buf;
	error_clear();
	strbuf_release(&cleaned);
	return path;
}

const char *binaries_file(struct binaries *binaries, const char *file, const char *folder)
{
	size_t known = binaries->files.nr, id = strmap_intern(&binaries->files, file, strlen(file));

	if (id == known)
		strvec_push(&binaries->paths, tree_path(binaries, file, folder));
	return binaries->paths.v[id];
}

void binaries_release(struct binaries *binaries)
{
	for (size_t i = 0; i < binaries->names.nr; i++) {
		source_close(binaries->v[i].source);
		free(binaries->v[i].build_id);
	}
	free(binaries->v);
	source_close(binaries->vmlinux);
	strmap_release(&binaries->names);
	strmap_release(&binaries->modules);
	strvec_release(&binaries->module_paths);
	suffixes_release(&binaries->suffixes);
	strmap_release(&binaries->files);
	strvec_release(&binaries->paths);
	strbuf_release(&binaries->scratch);
	*binaries = (struct binaries)BINARIES_INIT;
}
