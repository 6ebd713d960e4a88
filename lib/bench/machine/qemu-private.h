/*
 * The parts of the QEMU machine: a guest from its start to its end (qemu.c),
 * the emulator's command line (qemu-words.c), whether KVM works
 * (qemu-kvm.c); and the guests that virtme-ng starts (vng.c), which are read as
 * those of QEMU. For these files.
 */
#ifndef BENCH_MACHINE_QEMU_PRIVATE_H
#define BENCH_MACHINE_QEMU_PRIVATE_H

#include "bench/machine/console.h"
#include "bench/machine/machine-private.h"

/* The processor of guests under KVM: this computer's. */
#define QEMU_KVM_CPU "host"

struct qemu {
	/* The guest that was started last; `job.state` is NULL when there is none. */
	struct job job;
	struct console console;
	/* What QEMU itself says. */
	struct strbuf errors;
	/* When the console said something last, by clock_monotonic(). */
	double heard;
	/* Runs of this guest, how many it was started for, and those that were taken. */
	size_t wanted, taken;
	/* Of a boot that went well; 0: none did yet. */
	double longest_boot;
	/* Decided once. */
	enum plan_accel accel;
	/* virtme-ng: our script's lines are on stdout, the kernel's on stderr, with those of virtme-ng. */
	bool vng;
	/* All lines are on stderr. */
	bool mixed;
};

const char *qemu_program(const struct plan_machine *conf);
/* The emulator's words for a boot of the software that is in use, `runs` of its benchmark. */
void qemu_words(const struct machine *m, enum plan_accel accel, size_t runs, struct strvec *words);
/* Can they be said at all? -1 with a recorded error. */
int qemu_check_words(const struct machine *m) MUST_CHECK;
/* The kernel takes its command line apart at blanks and knows double quotes only; `key` is for the message. */
int qemu_check_cmdline(const char *key, const char *text) MUST_CHECK;
/* Words, taken apart at blanks. */
void qemu_push_split(struct strvec *words, const char *text);
/* The image that is booted; for free(). */
char *qemu_image(const struct machine *m);

/* Does KVM run code? A few instructions are run by it; /dev/kvm may be there and not work. */
bool qemu_kvm_works(const struct machine *m);

/* Boots, verifies, runs and ends a guest; for machine_ops. */
struct qemu *qemu_of(struct machine *m);
enum outcome qemu_boot(struct machine *m);
enum outcome qemu_verify(struct machine *m);
enum outcome qemu_run(struct machine *m, struct machine_run *run);
void qemu_close(struct machine *m);

/*
 * What virtme-ng is told for a boot, and the script that it runs in the guest, whose file is made. It is
 * to be run in vng_dir().
 */
int vng_words(const struct machine *m, enum plan_accel accel, size_t runs, struct strvec *words) MUST_CHECK;
const char *vng_dir(const struct machine *m);

#endif
