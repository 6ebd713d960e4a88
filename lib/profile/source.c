#include "profile/source.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>

#include "base/error.h"
#include "base/strmap.h"

/* Namespaces and classes in each other; more is no real program's. */
#define DEPTH_MAX 64

struct range {
	uint64_t low;
	uint64_t high;
	Dwarf_Die die;
};

/* The ranges of one linker's name, each the number of the next + 1. */
struct named {
	uint32_t first;
	uint32_t last;
};

struct source {
	Dwfl *dwfl;
	Dwfl_Module *module;
	/* Sorted by begin. */
	struct range *ranges;
	size_t nr;
	size_t alloc;
	/* What addresses of the debug information are less than those of the file by. */
	uint64_t bias;
	char *build_id;
	/* By name, made when first asked for. */
	struct strmap names;
	struct named *named;
	uint32_t *next;
};

static const char *string_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute value;

	return dwarf_attr_integrate(die, attribute, &value) ? dwarf_formstring(&value) : NULL;
}

static const char *linkage_of(Dwarf_Die *die)
{
	const char *name = string_of(die, DW_AT_linkage_name);

	if (!name)
		name = string_of(die, DW_AT_MIPS_linkage_name);
	return name ? name : dwarf_diename(die);
}

/* dwarf_decl_file() does not know that files of DWARF 5 are counted from 0. */
static const char *file_of(Dwarf_Die *die, const char **folder)
{
	Dwarf_Attribute value;
	Dwarf_Word number;
	Dwarf_Files *files;
	Dwarf_Die unit;
	const char *file;
	size_t nr;

	if (!dwarf_attr_integrate(die, DW_AT_decl_file, &value) || dwarf_formudata(&value, &number) ||
	    !dwarf_cu_die(value.cu, &unit, NULL, NULL, NULL, NULL, NULL, NULL) ||
	    dwarf_getsrcfiles(&unit, &files, &nr) || number >= nr)
		return NULL;
	*folder = string_of(&unit, DW_AT_comp_dir);
	file = dwarf_filesrc(files, number, NULL, NULL);
	return file && strcmp(file, "???") ? file : NULL;
}

static void add_ranges(struct source *source, Dwarf_Die *die)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0) {
		/* A function that the linker dropped is at 0, or nowhere. */
		if (low >= high || !low || source->nr == UINT32_MAX - 1)
			continue;
		ALLOC_GROW(source->ranges, source->nr + 1, source->alloc);
		source->ranges[source->nr++] = (struct range){ .low = low + source->bias,
							       .high = high + source->bias,
							       .die = *die };
	}
}

/* Functions stand in units, namespaces and classes, and in other functions. */
static void walk(struct source *source, Dwarf_Die *unit)
{
	Dwarf_Die stack[DEPTH_MAX];
	size_t depth = 0;

	if (dwarf_child(unit, &stack[0]))
		return;
	for (;;) {
		Dwarf_Die *die = &stack[depth];
		bool enter = false;

		switch (dwarf_tag(die)) {
		case DW_TAG_subprogram:
			add_ranges(source, die);
			break;
		case DW_TAG_namespace:
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
		case DW_TAG_union_type:
		case DW_TAG_enumeration_type:
		case DW_TAG_module:
			enter = true;
			break;
		default:
			break;
		}
		if (enter && depth + 1 < DEPTH_MAX && !dwarf_child(die, &stack[depth + 1])) {
			depth++;
			continue;
		}
		while (dwarf_siblingof(&stack[depth], &stack[depth])) {
			if (!depth--)
				return;
		}
	}
}

static int by_low(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return (x->high > y->high) - (x->high < y->high);
}

static void make_index(struct source *source)
{
	Dwarf_Addr main_bias, bias;
	Dwarf_Die *unit = NULL;

	if (!dwfl_module_getelf(source->module, &main_bias) || !dwfl_module_getdwarf(source->module, &bias))
		return;
	source->bias = bias - main_bias;
	while ((unit = dwfl_module_nextcu(source->module, unit, &bias))) {
		Dwarf_Die split;
		uint8_t type;

		/* With -gsplit-dwarf the functions are in a file of their own. */
		if (!dwarf_cu_info(unit->cu, NULL, &type, NULL, &split, NULL, NULL, NULL) &&
		    type == DW_UT_skeleton && split.addr)
			walk(source, &split);
		else
			walk(source, unit);
	}
	if (source->nr)
		qsort(source->ranges, source->nr, sizeof(*source->ranges), by_low);
}

static char *build_id_of(Dwfl_Module *module)
{
	const unsigned char *bits;
	struct strbuf hex = STRBUF_INIT;
	GElf_Addr address;
	int len = dwfl_module_build_id(module, &bits, &address);

	for (int i = 0; i < len; i++)
		strbuf_addf(&hex, "%02x", bits[i]);
	return strbuf_detach(&hex, NULL);
}

static int open_module(struct source *source, const char *path)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
		.section_address = dwfl_offline_section_address,
	};

	/* Nothing is fetched: libdwfl would ask the servers named there. */
	unsetenv("DEBUGINFOD_URLS");
	if (access(path, R_OK))
		return error_set("cannot open %s: %s", path, strerror(errno));
	source->dwfl = dwfl_begin(&callbacks);
	if (!source->dwfl)
		return error_set("libdw cannot be set up: %s", dwfl_errmsg(-1));
	dwfl_report_begin(source->dwfl);
	source->module = dwfl_report_offline(source->dwfl, path, path, -1);
	if (!source->module)
		return error_set("%s is no program, library or kernel that can be read: %s", path,
				 dwfl_errmsg(-1));
	dwfl_report_end(source->dwfl, NULL, NULL);
	return 0;
}

int source_open(struct source **result, const char *path)
{
	struct source *source = xcalloc(1, sizeof(*source));

	*result = NULL;
	if (open_module(source, path)) {
		source_close(source);
		return -1;
	}
	make_index(source);
	source->build_id = build_id_of(source->module);
	*result = source;
	return 0;
}

void source_close(struct source *source)
{
	if (!source)
		return;
	if (source->dwfl)
		dwfl_end(source->dwfl);
	strmap_release(&source->names);
	free(source->named);
	free(source->next);
	free(source->ranges);
	free(source->build_id);
	free(source);
}

size_t source_nr(const struct source *source)
{
	return source->nr;
}

const char *source_build_id(const struct source *source)
{
	return source->build_id;
}

static bool tell(struct range *range, struct source_function *f)
{
	const char *folder = NULL;

	f->file = file_of(&range->die, &folder);
	if (!f->file)
		return false;
	f->folder = folder ? folder : "";
	f->name = dwarf_diename(&range->die);
	f->linkage = linkage_of(&range->die);
	if (!f->name)
		f->name = f->linkage ? f->linkage : "";
	if (!f->linkage)
		f->linkage = f->name;
	if (dwarf_decl_line(&range->die, &f->line))
		f->line = 0;
	f->low = range->low;
	f->high = range->high;
	return true;
}

bool source_at(struct source *source, uint64_t address, struct source_function *f)
{
	size_t low = 0, high = source->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (source->ranges[middle].low <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && source->ranges[low - 1].high > address && tell(&source->ranges[low - 1], f);
}

bool source_at_offset(struct source *source, uint64_t offset, struct source_function *f)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(source->module, &bias);
	size_t nr;

	if (!elf || elf_getphdrnum(elf, &nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD ||
		    !(header.p_flags & PF_X) || offset < header.p_offset ||
		    offset - header.p_offset >= header.p_filesz)
			continue;
		return source_at(source, offset - header.p_offset + header.p_vaddr, f);
	}
	return false;
}

static void make_names(struct source *source)
{
	size_t alloc = 0;

	source->next = xcalloc(source->nr, sizeof(*source->next));
	for (size_t i = 0; i < source->nr; i++) {
		const char *name = linkage_of(&source->ranges[i].die);
		size_t known = source->names.nr, id;

		if (!name)
			continue;
		id = strmap_intern(&source->names, name, strlen(name));
		ALLOC_GROW(source->named, id + 1, alloc);
		if (id == known)
			source->named[id].first = (uint32_t)i + 1;
		else
			source->next[source->named[id].last - 1] = (uint32_t)i + 1;
		source->named[id].last = (uint32_t)i + 1;
	}
}

/* Is a moved address in the range, or the range's begin? */
static bool may_hold(const struct range *range, uint64_t address, uint64_t step)
{
	return !step || ((address - range->low) & (step - 1)) < range->high - range->low;
}

bool source_named(struct source *source, const char *linkage, uint64_t address, uint64_t step,
		  struct source_function *f)
{
	struct source_function other;
	bool found = false;
	ssize_t id;

	if (!source->next)
		make_names(source);
	id = strmap_get(&source->names, linkage);
	if (id < 0)
		return false;
	/* First those at the address; when it is in none (moved parts), all of them. */
	for (int all = !step; !found && all <= 1; all++) {
		for (uint32_t at = source->named[id].first; at; at = source->next[at - 1]) {
			struct range *range = &source->ranges[at - 1];

			if (!may_hold(range, address, all ? 0 : step) || !tell(range, &other))
				continue;
			if (found && strcmp(f->file, other.file))
				return false;
			*f = other;
			found = true;
		}
	}
	return found;
}
