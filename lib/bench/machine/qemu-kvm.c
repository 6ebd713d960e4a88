#include <sys/stat.h>

#include "base/error.h"
#include "bench/machine/qemu-private.h"

#define PROBE_TIMEOUT 20
/* A firmware of the smallest size that there is, and where a processor begins in it. */
#define FIRMWARE_SIZE 65536
#define RESET_VECTOR (FIRMWARE_SIZE - 16)
/* isa-debug-exit ends QEMU with twice the byte that was written, and one. */
#define PROBE_BYTE 0x21
#define PROBE_STATUS (2 * PROBE_BYTE + 1)

static int write_firmware(const char *path)
{
	/* mov al, PROBE_BYTE; out 0xf4, al; hlt */
	static const unsigned char code[] = { 0xb0, PROBE_BYTE, 0xe6, 0xf4, 0xf4 };
	FILE *fp = fopen(path, "we");
	int result = 0;

	if (!fp)
		return error_set("cannot make '%s': %s", path, strerror(errno));
	if (ftruncate(fileno(fp), FIRMWARE_SIZE) || fseek(fp, RESET_VECTOR, SEEK_SET) ||
	    fwrite(code, sizeof(code), 1, fp) != 1)
		result = error_set("cannot write '%s': %s", path, strerror(errno));
	if (fclose(fp) && !result)
		result = error_set("cannot write '%s': %s", path, strerror(errno));
	return result;
}

/*
 * With the processor that guests get: where features of the host are promised
 * that KVM then cannot set, QEMU ends itself, and a plainer processor would not show it.
 */
bool qemu_kvm_works(const struct machine *m)
{
	char *path = xstrfmt("%s/kvm-probe", m->log_dir);
	struct job job = JOB_INIT;
	bool works = false;

	if (!access("/dev/kvm", R_OK | W_OK) && !write_firmware(path)) {
		strvec_pushl(&job.args, qemu_program(m->conf), "-nodefaults", "-no-user-config", "-display",
			     "none", "-M", "pc", "-accel", "kvm", "-cpu", QEMU_KVM_CPU, "-bios", path,
			     "-device", "isa-debug-exit,iobase=0xf4,iosize=1", NULL);
		job.timeout = PROBE_TIMEOUT;
		works = !job_run(&job) && job.end == JOB_EXITED && job.status == PROBE_STATUS;
		job_release(&job);
	}
	unlink(path);
	free(path);
	error_clear();
	return works;
}
