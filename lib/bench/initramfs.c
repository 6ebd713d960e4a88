#include "bench/initramfs.h"

#include <elf.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/tempfile.h"

#define PROGRAM_MAX ((size_t)512 << 20)
/* Of the kernel's Documentation/driver-api/early-userspace/buffer-format.rst. */
#define CPIO_ALIGN 4
#define CONSOLE_MAJOR 5
#define CONSOLE_MINOR 1

static void pad(struct strbuf *out)
{
	while (out->len % CPIO_ALIGN)
		strbuf_addch(out, '\0');
}

/* One entry; owner and times are zero. */
static void add_entry(struct strbuf *out, const char *name, unsigned int mode, unsigned int major,
		      unsigned int minor, const struct strbuf *content)
{
	static const struct strbuf nothing = STRBUF_INIT;
	const struct strbuf *data = content ? content : &nothing;
	/* A number that no other entry has, and not zero. */
	size_t inode = out->len / CPIO_ALIGN + 1;

	strbuf_addf(out, "070701%08zX%08X%08X%08X%08X%08X%08zX%08X%08X%08X%08X%08zX%08X", inode, mode, 0U, 0U,
		    1U, 0U, data->len, 0U, 0U, major, minor, strlen(name) + 1, 0U);
	strbuf_add(out, name, strlen(name) + 1);
	pad(out);
	strbuf_add(out, data->buf, data->len);
	pad(out);
}

/* An interpreter is what links a program to its libraries when it starts; a guest has neither. */
static int check_static(const char *path, const struct strbuf *text)
{
	Elf64_Ehdr head;

	if (text->len < sizeof(head) || memcmp(text->buf, ELFMAG, SELFMAG) != 0 ||
	    text->buf[EI_CLASS] != ELFCLASS64)
		return error_set("'%s' is no program that a guest can run: a 64-bit ELF file is wanted", path);
	memcpy(&head, text->buf, sizeof(head));
	for (size_t i = 0; i < head.e_phnum; i++) {
		size_t at = head.e_phoff + i * sizeof(Elf64_Phdr);
		Elf64_Phdr row;

		if (head.e_phoff > text->len || at + sizeof(row) > text->len)
			return error_set("'%s' is cut short", path);
		memcpy(&row, text->buf + at, sizeof(row));
		if (row.p_type == PT_INTERP)
			return error_set(
				"'%s' needs shared libraries, which a guest has not; build it with -static",
				path);
	}
	return 0;
}

static int add_program(struct strbuf *out, const char *name, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	int result = -1;

	if (strbuf_read_file(&text, path, PROGRAM_MAX) >= 0 && !check_static(path, &text)) {
		add_entry(out, name, S_IFREG | 0755, 0, 0, &text);
		result = 0;
	}
	strbuf_release(&text);
	return result;
}

int initramfs_write(const char *path, const char *init, const char *program)
{
	struct strbuf out = STRBUF_INIT;
	struct tempfile file = TEMPFILE_INIT;
	int result = -1;

	add_entry(&out, "dev", S_IFDIR | 0755, 0, 0, NULL);
	add_entry(&out, "dev/console", S_IFCHR | 0600, CONSOLE_MAJOR, CONSOLE_MINOR, NULL);
	if (add_program(&out, "init", init) || (program && add_program(&out, "benchmark", program)))
		goto out;
	add_entry(&out, "TRAILER!!!", 0, 0, 0, NULL);
	if (tempfile_create(&file, path))
		goto out;
	fwrite(out.buf, 1, out.len, file.fp);
	result = tempfile_commit(&file);
out:
	tempfile_abort(&file);
	strbuf_release(&out);
	return result;
}
