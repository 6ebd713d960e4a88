/*
 * What the kinds of machines share; for the files of this folder.
 */
#ifndef BENCH_MACHINE_MACHINE_PRIVATE_H
#define BENCH_MACHINE_MACHINE_PRIVATE_H

#include "bench/machine/machine.h"

/* Seconds. */
#define MACHINE_HOOK_TIMEOUT 600
#define MACHINE_BOOT_TIMEOUT 300
/* Of what a benchmark prints, or leaves in a file. */
#define MACHINE_OUT_MAX (64 << 20)
/* A line that each boot of a kernel has anew. */
#define MACHINE_BOOT_ID "/proc/sys/kernel/random/boot_id"
#define MACHINE_BOOT_ID_MAX 4096
/* Statuses of our own scripts, which run under "sh": the step was not possible. */
#define MACHINE_STATUS_REFUSED 96

struct machine {
	const struct machine_ops *ops;
	const struct plan *plan;
	const struct plan_machine *conf;
	const char *log_dir;
	struct machine_software software;
	/* Who hears what a boot waits for; may be NULL. */
	machine_tell_fn *tell;
	void *tell_data;
	char *boot_id;
	double boot_seconds;
	/* Boots of this process, so that sessions differ. */
	size_t boots;
	/* sysctls as they were: "name=value", the last one set first to be put back. */
	struct strvec old_sysctls;
	/* What verify = release expects; NULL: not known yet. */
	char *release;
	/* The last lines of the console, and the file that has all; for kinds that read one. */
	struct strbuf console;
	char *console_log;
	/* The kind's own. */
	void *kind;
};

extern const struct machine_ops machine_local;
extern const struct machine_ops machine_ssh;
extern const struct machine_ops machine_command;
extern const struct machine_ops machine_qemu;
extern const struct machine_ops machine_vng;
extern const struct machine_ops machine_slurm;

/* The default of every operation: nothing is to be done. */
enum outcome machine_nothing(struct machine *m);

/*
 * A command of the user's for this computer (install, bootCommand, power,
 * verifyCommand, console), in the worktree or the artefacts' directory, with
 * machine_environment(). A failure is `blame`, with a sentence that begins with
 * `what`. `out` takes its stdout; may be NULL.
 */
enum outcome machine_hook(struct machine *m, const char *what, const char *command, double timeout,
			  enum outcome blame, struct strbuf *out) MUST_CHECK;
/* The same for a hook that need not be there. */
enum outcome machine_install_hook(struct machine *m);
enum outcome machine_power_hook(struct machine *m);
/* Adds the console's last line to the recorded error, where perfsut.<name>.console says how to read it. */
void machine_add_console(struct machine *m);

/* A script of ours on the machine; its stdout in `out`. A failure is `blame`: "<what>: <its last line>". */
enum outcome machine_script(struct machine *m, const char *what, const char *script, enum outcome blame,
			    struct strbuf *out) MUST_CHECK;
/* Sets the boot id: what the machine's kernel says in MACHINE_BOOT_ID, and our own count. */
void machine_name_session(struct machine *m, const struct strbuf *id);
/* The same, asking the machine. */
enum outcome machine_new_session(struct machine *m) MUST_CHECK;
/* Command line seen, sysctls set and seen, boot script run. */
enum outcome machine_apply_profile(struct machine *m) MUST_CHECK;
void machine_restore_profile(struct machine *m);
/* As perfsut.<name>.verify says. */
enum outcome machine_verify_software(struct machine *m);
double machine_boot_timeout(const struct machine *m);

/* ": " and the last line of a text that says something, if there is one. */
void machine_add_last_line(struct strbuf *out, const char *text);
/* An unpredictable word of 32 hexadecimal digits. */
void machine_token(char token[33]);

/* What verify = release expects: the release of the plan's image; NULL with a recorded error. Borrowed. */
const char *machine_expected_release(struct machine *m);

/* The release in a kernel image (bzImage, vmlinux, Image); false when there is none to be found. */
bool kernel_release_of(const char *path, struct strbuf *release);
/* The build id of an ELF file, as hexadecimal digits. */
bool kernel_build_id_of(const char *path, struct strbuf *id);

#endif
