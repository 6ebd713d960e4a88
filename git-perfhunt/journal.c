#include "journal.h"

#include <fcntl.h>
#include <sys/file.h>

#include "base/error.h"
#include "base/tempfile.h"

#define JOURNAL_MAX ((size_t)16 << 20)

const char *const journal_titles[JOURNAL_SECTIONS + 1] = { "Findings", "Optimizations Applied", "Deferred",
							   "Patterns", "Noise Functions",       NULL };

int journal_read(const char *path, struct strbuf *text)
{
	if (access(path, F_OK))
		return 0;
	return strbuf_read_file(text, path, JOURNAL_MAX) < 0 ? -1 : 0;
}

/* Where the line after `at` begins. */
static const char *next_line(const char *at)
{
	const char *end = strchr(at, '\n');

	return end ? end + 1 : at + strlen(at);
}

static size_t line_length(const char *at)
{
	return strcspn(at, "\n");
}

/* The line behind the heading "## <title>", or NULL. */
static const char *find_section(const char *text, const char *title)
{
	size_t len = strlen(title);

	for (const char *at = text; *at; at = next_line(at))
		if (starts_with(at, "## ") && !strncmp(at + 3, title, len) &&
		    strspn(at + 3 + len, " \t\r") == line_length(at + 3 + len))
			return next_line(at);
	return NULL;
}

/*
 * What an entry "- name", "* name" names, of *len bytes; between backticks it may hold blanks. NULL for
 * other lines: text, and rules like "***".
 */
static const char *entry_name(const char *line, size_t *len)
{
	const char *at = line + strspn(line, " \t");

	if (!*at || !strchr("-*+", *at) || (at[1] != ' ' && at[1] != '\t'))
		return NULL;
	at += 1 + strspn(at + 1, " \t");
	if (*at == '`') {
		at++;
		*len = strcspn(at, "`\r\n");
	} else {
		*len = strcspn(at, " \t\r\n");
	}
	return *len ? at : NULL;
}

int journal_noise(const char *path, struct strvec *noise)
{
	struct strbuf text = STRBUF_INIT;
	const char *at;
	int result = journal_read(path, &text);

	at = result ? NULL : find_section(text.buf, journal_titles[JOURNAL_NOISE]);
	for (; at && *at && !starts_with(at, "## "); at = next_line(at)) {
		size_t len;
		const char *word = entry_name(at, &len);

		if (word)
			strvec_push_owned(noise, xmemdupz(word, len));
	}
	strbuf_release(&text);
	return result;
}

static void begin(struct strbuf *text)
{
	strbuf_addstr(text,
		      "# The journal of git perfhunt\n\n"
		      "Edit it as you like. Functions below \"Noise Functions\" are not looked at: \"- \" and a\n"
		      "name or a pattern a line, between backticks where it holds blanks.\n");
	for (size_t i = 0; i < JOURNAL_SECTIONS; i++)
		strbuf_addf(text, "\n## %s\n", journal_titles[i]);
}

/* Where the section's entries end: before the blank lines that end it. */
static size_t section_end(const struct strbuf *text, const char *from)
{
	const char *end = from;

	for (const char *at = from; *at && !starts_with(at, "## "); at = next_line(at))
		if (strspn(at, " \t\r") != line_length(at))
			end = next_line(at);
	return (size_t)(end - text->buf);
}

static bool has_line(const char *text, enum journal_section section, const char *line)
{
	const char *at = find_section(text, journal_titles[section]);

	for (; at && *at && !starts_with(at, "## "); at = next_line(at))
		if (starts_with(at, line))
			return true;
	return false;
}

static void add_line(struct strbuf *text, enum journal_section section, const char *line)
{
	struct strbuf out = STRBUF_INIT;
	const char *from;
	size_t at;

	if (text->len && text->buf[text->len - 1] != '\n')
		strbuf_addch(text, '\n');
	from = find_section(text->buf, journal_titles[section]);
	if (!from) {
		strbuf_addf(text, "\n## %s\n", journal_titles[section]);
		from = text->buf + text->len;
	}
	at = section_end(text, from);
	strbuf_add(&out, text->buf, at);
	/* A blank line below the heading. */
	if (text->buf + at == from)
		strbuf_addch(&out, '\n');
	strbuf_addstr(&out, line);
	strbuf_add(&out, text->buf + at, text->len - at);
	strbuf_release(text);
	*text = out;
}

/* Until it is closed nobody else who asks changes a file there; -1 with a recorded error. */
static int lock_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? xmemdupz(path, (size_t)(slash - path) + 1) : xstrdup(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX)) {
		error_set("cannot lock the folder of the journal, '%s': %s", folder, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	free(folder);
	return fd;
}

int journal_add(const char *path, enum journal_section section, const char *entry)
{
	struct strbuf text = STRBUF_INIT, line = STRBUF_INIT;
	struct tempfile file = TEMPFILE_INIT;
	int lock = lock_folder_of(path), result;

	if (lock < 0)
		return -1;
	result = journal_read(path, &text);
	strbuf_addf(&line, "- %s", entry);
	for (char *at = line.buf; *at; at++)
		if (*at == '\n' || *at == '\r')
			*at = ' ';
	strbuf_addch(&line, '\n');
	if (!result && !text.len)
		begin(&text);
	if (!result && !has_line(text.buf, section, line.buf)) {
		add_line(&text, section, line.buf);
		result = tempfile_create(&file, path);
		if (!result) {
			fwrite(text.buf, 1, text.len, file.fp);
			result = tempfile_commit(&file);
		}
	}
	close(lock);
	strbuf_release(&text);
	strbuf_release(&line);
	return result;
}
