#include "base/error.h"
#include "bench/machine/machine-private.h"

#define IMAGE_MAX ((size_t)1 << 30)

/* The word at `at`, if it looks like a release: "6.1.0-rc1-gabc". */
static bool add_release(struct strbuf *release, const char *at, size_t len)
{
	size_t n = 0;

	while (n < len && (is_word_char(at[n]) || strchr(".-+~", at[n])) && at[n])
		n++;
	if (!n || n > 64 || at[0] < '1' || at[0] > '9')
		return false;
	strbuf_add(release, at, n);
	return true;
}

bool kernel_release_of(const char *path, struct strbuf *release)
{
	static const char banner[] = "Linux version ";
	struct strbuf image = STRBUF_INIT;
	bool found = false;

	if (strbuf_read_file(&image, path, IMAGE_MAX) < 0) {
		error_clear();
	} else if (image.len > 0x210 && !memcmp(image.buf + 0x202, "HdrS", 4)) {
		/* Documentation/arch/x86/boot.rst: kernel_version, at 0x20e, less 0x200. */
		size_t at = ((unsigned char)image.buf[0x20e] | (size_t)(unsigned char)image.buf[0x20f] << 8) +
			    0x200;

		found = at < image.len && add_release(release, image.buf + at, image.len - at);
	} else {
		const char *at = image.buf, *end = image.buf + image.len;

		/* The format of the banner is there as well: "Linux version %s". */
		while (!found && (at = memmem(at, (size_t)(end - at), banner, strlen(banner)))) {
			at += strlen(banner);
			found = add_release(release, at, (size_t)(end - at));
		}
	}
	strbuf_release(&image);
	return found;
}

bool kernel_build_id_of(const char *path, struct strbuf *id)
{
	/* An ELF note: name and content sizes, NT_GNU_BUILD_ID, "GNU". */
	static const char note[] = "\4\0\0\0\x14\0\0\0\3\0\0\0GNU";
	struct strbuf image = STRBUF_INIT;
	const unsigned char *at = NULL;

	if (strbuf_read_file(&image, path, IMAGE_MAX) < 0)
		error_clear();
	else
		at = memmem(image.buf, image.len, note, sizeof(note));
	if (at && (size_t)((const unsigned char *)image.buf + image.len - at) >= sizeof(note) + 20)
		for (size_t i = 0; i < 20; i++)
			strbuf_addf(id, "%02x", at[sizeof(note) + i]);
	strbuf_release(&image);
	return id->len > 0;
}

/* Where the image is: among the artefacts, else in the worktree. */
static char *image_path(const struct machine *m, const char *name)
{
	return xstrfmt("%s/%s", m->software.out ? m->software.out : m->software.worktree, name);
}

const char *machine_expected_release(struct machine *m)
{
	struct strbuf release = STRBUF_INIT;
	char *path = m->plan->build.image ? image_path(m, m->plan->build.image) : NULL;

	if (m->release) {
		free(path);
		return m->release;
	}
	if (path && kernel_release_of(path, &release))
		m->release = xstrdup(release.buf);
	else
		error_set("no release can be read from the kernel image '%s': "
			  "set perfsut.%s.verify to command, or to none",
			  path ? path : "", m->conf->name);
	free(path);
	strbuf_release(&release);
	return m->release;
}

static enum outcome verify_release(struct machine *m)
{
	struct strbuf actual = STRBUF_INIT;
	const char *expected = machine_expected_release(m);
	enum outcome outcome = OUTCOME_INFRASTRUCTURE;

	if (expected) {
		outcome = machine_script(m, "uname", "uname -r", OUTCOME_INFRASTRUCTURE, &actual);
		strbuf_rtrim(&actual);
		if (!outcome && strcmp(actual.buf, expected) != 0) {
			outcome = OUTCOME_BOOT_FAILED;
			error_set("runs %s, not the %s that was built", actual.buf, expected);
		}
	}
	strbuf_release(&actual);
	return outcome;
}

static enum outcome verify_build_id(struct machine *m)
{
	static const char script[] = "od -An -v -tx1 /sys/kernel/notes | tr -d ' \\n'";
	struct strbuf expected = STRBUF_INIT, notes = STRBUF_INIT;
	char *vmlinux = image_path(m, "vmlinux");
	char *image = m->plan->build.image ? image_path(m, m->plan->build.image) : NULL;
	enum outcome outcome = OUTCOME_INFRASTRUCTURE;

	if (!kernel_build_id_of(vmlinux, &expected) && !(image && kernel_build_id_of(image, &expected))) {
		error_set("no build id can be read from '%s': name vmlinux in perfbuild.output", vmlinux);
	} else {
		outcome = machine_script(m, "/sys/kernel/notes", script, OUTCOME_INFRASTRUCTURE, &notes);
		if (!outcome && !strstr(notes.buf, expected.buf)) {
			outcome = OUTCOME_BOOT_FAILED;
			error_set("runs another kernel than the one with the build id %s", expected.buf);
		}
	}
	free(vmlinux);
	free(image);
	strbuf_release(&expected);
	strbuf_release(&notes);
	return outcome;
}

enum outcome machine_verify_software(struct machine *m)
{
	enum plan_verify how = m->conf->verify;

	if (how == PLAN_VERIFY_DEFAULT)
		how = m->conf->boot == PLAN_BOOT_NONE ? PLAN_VERIFY_NONE : PLAN_VERIFY_RELEASE;
	switch (how) {
	case PLAN_VERIFY_RELEASE:
		return verify_release(m);
	case PLAN_VERIFY_BUILD_ID:
		return verify_build_id(m);
	case PLAN_VERIFY_COMMAND:
		return machine_hook(m, "verify", m->conf->verify_command, MACHINE_HOOK_TIMEOUT,
				    OUTCOME_BOOT_FAILED, NULL);
	case PLAN_VERIFY_DEFAULT:
	case PLAN_VERIFY_NONE:
		break;
	}
	return OUTCOME_MEASURED;
}
