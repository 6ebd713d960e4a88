"""What a made-up history is about: subsystems, hot files and the words of its text.

Plain tables, shared by the planner, the editor, the messages and the made-up source tree.
"""

# (path prefix, share of the commits in per cent); the longest prefix that fits a path wins
SUBSYSTEMS = [
    ("drivers/gpu/", 11.0), ("drivers/net/", 9.0), ("drivers/media/", 2.6), ("drivers/iio/", 1.8),
    ("drivers/staging/", 1.4), ("drivers/usb/", 2.0), ("drivers/pci/", 1.3),
    ("drivers/scsi/", 1.3), ("drivers/clk/", 1.5), ("drivers/pinctrl/", 1.1),
    ("drivers/platform/", 1.2), ("drivers/nvme/", .5), ("drivers/block/", .7), ("drivers/md/", .6),
    ("drivers/cpuidle/", .1), ("drivers/cpufreq/", .5), ("drivers/dma/", .7),
    ("drivers/infiniband/", 1.1), ("drivers/iommu/", .9), ("drivers/acpi/", .8),
    ("drivers/base/", .5), ("drivers/tty/", .9), ("drivers/virtio/", .2), ("drivers/", 13.0),
    ("arch/x86/", 4.0), ("arch/arm64/", 5.0), ("arch/arm/", 1.2), ("arch/powerpc/", 1.0),
    ("arch/s390/", .9), ("arch/riscv/", 1.1), ("arch/", 2.0), ("Documentation/", 6.0),
    ("include/", 3.0), ("sound/", 4.0), ("tools/", 5.5), ("net/ipv4/", .7), ("net/core/", .7),
    ("net/", 5.0), ("fs/ext4/", .5), ("fs/xfs/", .9), ("fs/btrfs/", 1.3), ("fs/", 4.3),
    ("mm/", 2.4), ("kernel/sched/", .8), ("kernel/bpf/", .6), ("kernel/locking/", .2),
    ("kernel/", 2.0), ("block/", .9), ("lib/", 1.4), ("crypto/", .6), ("security/", .6),
    ("io_uring/", .4), ("scripts/", .7), ("rust/", .4), ("virt/", .2), ("", .6),
]

# Files that a profile names: edited more often than their size says, never renamed or removed.
HOT_FILES = """
    kernel/sched/core.c kernel/sched/fair.c kernel/sched/idle.c kernel/sched/wait.c
    kernel/sched/rt.c kernel/sched/sched.h kernel/sched/cputime.c kernel/sched/topology.c
    kernel/locking/mutex.c kernel/locking/rwsem.c kernel/locking/qspinlock.c
    kernel/futex/waitwake.c kernel/time/tick-sched.c kernel/time/hrtimer.c kernel/rcu/tree.c
    kernel/fork.c mm/memory.c mm/filemap.c mm/page_alloc.c mm/mmap.c mm/vmscan.c mm/slub.c
    mm/memcontrol.c fs/read_write.c fs/file.c fs/namei.c fs/eventpoll.c fs/select.c
    fs/ext4/inode.c fs/ext4/file.c net/core/dev.c net/core/skbuff.c net/core/sock.c
    net/ipv4/tcp.c net/ipv4/tcp_input.c net/ipv4/tcp_output.c net/ipv4/af_inet.c net/socket.c
    block/blk-mq.c block/blk-core.c drivers/nvme/host/pci.c drivers/nvme/host/core.c
    drivers/cpuidle/cpuidle.c drivers/dma/acpi-dma.c arch/x86/mm/tlb.c arch/x86/mm/fault.c
    arch/x86/entry/common.c lib/iov_iter.c io_uring/io_uring.c include/linux/sched.h
    """.split()

WORDS = """
    path lock queue cache page buffer index state timer entry list table node request handler
    owner counter range region device record mapping context slot budget window sample
    threshold latency branch loop callback reference helper check field flag length offset value
    mask limit order batch ring event
    """.split()

VERBS = """
    Fix Avoid Add Remove Rework Simplify Use Drop Handle Factor Cache Skip Defer Batch Inline
    """.split()

ADJECTIVES = """
    stale extra missing redundant unused early late slow fast common shared local nested empty
    """.split()

SYLLABLES = "ka lo mi ren tor vel sha ni po du bre an ter os lin mar jo ed fi gus".split()

# %s is a function or a file, %d a number from 2 to 39
PERFORMANCE_NOTES = [
    "This lowers the time spent in %s by %d%% in a scheduler benchmark.",
    "With %s on the hot path throughput went from %d00 to 970 ops/s.",
    "The extra branch in %s costs %d cycles per wakeup.",
    "Front-end stalls in %s drop by %d%% on a wide machine.",
]


def longest_prefix(path, prefixes):
    """The longest of PREFIXES (an iterable that holds "") that PATH begins with."""
    return max((p for p in prefixes if path.startswith(p)), key=len)
