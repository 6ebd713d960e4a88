#!/bin/sh

test_description='which source file a function of a program begins in'

# Where rustup has compilers, as HOME is about to become another one.
if test -d "$HOME/.rustup"
then
	: "${RUSTUP_HOME:=$HOME/.rustup}"
	export RUSTUP_HOME
fi

. "$(dirname "$0")/test-lib.sh"

test_lazy_prereq CLANG 'clang --version'
test_lazy_prereq LLD 'clang --version && ld.lld --version'
test_lazy_prereq CXX 'g++ --version'
test_lazy_prereq RUST 'rustc --version'

source="$HELPER_PATH/test-source"

# Every function says in its name which file it is in: in_<file>_<more>. There
# are two static functions of one name, functions that begin with inlined code
# of a header, and parts that compilers move away.
test_expect_success 'write a program' '
	mkdir src &&
	cat >src/inline.h <<-\EOF &&
	extern volatile int sink;
	static inline __attribute__((always_inline)) int inlined(int n)
	{
		for (int i = 0; i < n; i++)
			sink += i;
		return sink;
	}
	EOF
	cat >src/alpha.c <<-\EOF &&
	#include <stdlib.h>
	#include "inline.h"
	volatile int sink;
	int in_beta_run(int n);
	static __attribute__((noinline)) int helper(int n)
	{
		return inlined(n) + 1;
	}
	__attribute__((noinline)) int in_alpha_begin(int n)
	{
		return inlined(n) * helper(n);
	}
	__attribute__((noinline)) int in_alpha_cold(int n)
	{
		if (__builtin_expect(n > 1000000, 0)) {
			sink = 7;
			abort();
		}
		return helper(n + 1);
	}
	int main(int argc, char **argv)
	{
		return in_alpha_begin(argc) + in_alpha_cold(argc) + in_beta_run(argc) == -1;
	}
	EOF
	cat >src/beta.c <<-\EOF
	#include "inline.h"
	static __attribute__((noinline)) int helper(int n)
	{
		return inlined(n) - sink;
	}
	__attribute__((noinline)) int in_beta_run(int n)
	{
		return inlined(n) + helper(n);
	}
	EOF
'

# symbols <program>: address and name of the functions of its text that are ours.
symbols() {
	nm "$1" | sed -n "s/^\([0-9a-f]*\) [tT] \(in_.*\|helper.*\|main\)\$/\1 \2/p" | sort
}

# answers <program>: "<name> <file>" of every function of ours, by its address.
answers() {
	symbols "$1" >symbols &&
	sed "s/^\([0-9a-f]*\) .*/at \1/" symbols >questions &&
	"$source" "$1" <questions >raw &&
	cut -d " " -f 1 raw | paste -d " " symbols - | sed "s/^[0-9a-f]* //"
}

# all_right <program> <number of functions>: by the names of functions, and each
# helper once in each file.
all_right() {
	answers "$1" >actual &&
	test_line_count -ge "$2" actual &&
	awk "{
		if (\$1 ~ /^in_/) {
			split(\$1, part, \"_\")
			bad += \$2 !~ (\"^\" part[2] \"[.]\")
			seen++
		}
		if (\$1 == \"main\")
			bad += \$2 !~ /^alpha[.]/
		if (\$1 ~ /^helper/ && \$1 !~ /[.]cold/)
			helpers[\$2]++
	}
	END {
		exit bad || seen < 3 || helpers[\"alpha.c\"] != 1 || helpers[\"beta.c\"] != 1
	}" actual
}

test_expect_success 'gcc, with and without optimisation, DWARF 4 and 5' '
	for flags in "-O2" "-O0" "-O2 -gdwarf-4" "-O3 -ffunction-sections" "-Os -fno-plt"
	do
		gcc $flags -g -o program src/alpha.c src/beta.c &&
		all_right program 5 || return 1
	done
'

test_expect_success 'a program that is not position independent, and a static one' '
	gcc -O2 -g -no-pie -fno-pie -o program src/alpha.c src/beta.c &&
	all_right program 5 &&
	gcc -O2 -g -static -o program src/alpha.c src/beta.c &&
	all_right program 5
'

test_expect_success 'a shared library' '
	gcc -O2 -g -shared -fPIC -o library.so src/alpha.c src/beta.c &&
	all_right library.so 5
'

test_expect_success 'link-time optimisation by gcc' '
	gcc -O2 -g -flto -c -o alpha.o src/alpha.c &&
	gcc -O2 -g -flto -c -o beta.o src/beta.c &&
	gcc -O2 -g -flto -o program alpha.o beta.o 2>err &&
	all_right program 4
'

test_expect_success 'debug information in a file of its own' '
	gcc -O2 -g -o program src/alpha.c src/beta.c &&
	answers program >expect &&
	objcopy --only-keep-debug program program.debug &&
	cp program whole &&
	symbols program >symbols.whole &&
	strip program &&
	objcopy --add-gnu-debuglink=program.debug program &&
	sed "s/^\([0-9a-f]*\) .*/at \1/" symbols.whole >questions &&
	"$source" program <questions >stripped &&
	"$source" whole <questions >full &&
	test_cmp full stripped &&
	test_grep "alpha.c" stripped
'

test_expect_success 'split debug information' '
	(
		cd src &&
		gcc -O2 -g -gsplit-dwarf -c alpha.c &&
		gcc -O2 -g -gsplit-dwarf -c beta.c &&
		gcc -o ../program alpha.o beta.o
	) &&
	all_right program 5
'

test_expect_success CLANG 'clang, DWARF 4 and 5' '
	for flags in "-O2" "-O0" "-O2 -gdwarf-5" "-O2 -gdwarf-4" "-O2 -no-pie -gdwarf-5"
	do
		clang $flags -g -o program src/alpha.c src/beta.c &&
		all_right program 5 || return 1
	done
'

test_expect_success LLD 'link-time optimisation by clang' '
	clang -O2 -g -gdwarf-5 -flto -fuse-ld=lld -o program src/alpha.c src/beta.c &&
	all_right program 4 &&
	clang -O2 -g -flto=thin -fuse-ld=lld -o program src/alpha.c src/beta.c &&
	all_right program 4
'

write_cxx() {
	cat >src/box.hh <<-\EOF &&
	#include "inline.h"
	template<class T> struct box {
		T value;
		__attribute__((noinline)) int in_box_add(T more)
		{
			value += more;
			return inlined((int)value);
		}
	};
	EOF
	cat >src/gamma.cc <<-\EOF &&
	#include "box.hh"
	volatile int sink;
	namespace outer {
	namespace {
	__attribute__((noinline)) int in_gamma_hidden(int n)
	{
		return inlined(n);
	}
	}
	struct worker {
		struct inner {
			int n;
			__attribute__((noinline)) int in_gamma_nested();
		};
		__attribute__((noinline)) int in_gamma_inside(int n)
		{
			return inlined(n) + in_gamma_hidden(n);
		}
		int in_gamma_outside(int n);
	};
	__attribute__((noinline)) int worker::inner::in_gamma_nested()
	{
		return inlined(n);
	}
	__attribute__((noinline)) int worker::in_gamma_outside(int n)
	{
		box<int> b = { n };
		box<long> c = { n };

		return inlined(n) + b.in_box_add(n) + c.in_box_add(n);
	}
	}
	int main(int argc, char **argv)
	{
		outer::worker w;
		outer::worker::inner i = { argc };

		return w.in_gamma_inside(argc) + w.in_gamma_outside(argc) + i.in_gamma_nested() == -1;
	}
	EOF
	# name <mangled>: the function in it.
	cat >name <<-\EOF
	s/^\([0-9a-f]*\) [tTwWuV] .*[0-9]\(in_[a-z_]*\)\(E.*\|v\|i\)\{0,1\}$/\1 \2/p
	EOF
}

# cxx_right <program>
cxx_right() {
	nm "$1" | sed -n -f name | sort >symbols &&
	sed "s/^\([0-9a-f]*\) .*/at \1/" symbols >questions &&
	"$source" "$1" <questions >raw &&
	paste -d " " symbols raw >actual &&
	test_line_count -ge 6 actual &&
	awk "{
		split(\$2, part, \"_\")
		bad += \$3 !~ (\"^\" part[2] \"[.]\") || index(\$2, \$5) != 1
	}
	END {
		exit bad
	}" actual
}

test_expect_success CXX 'C++: namespaces, classes, templates of a header' '
	write_cxx &&
	for flags in "-O2" "-O0" "-O2 -flto" "-O2 -gdwarf-4" "-O2 -fdebug-types-section"
	do
		g++ $flags -g -o program src/gamma.cc 2>err &&
		cxx_right program || return 1
	done
'

test_expect_success CXX,CLANG 'C++ by clang' '
	for flags in "-O2 -gdwarf-5" "-O0" "-O2 -gdwarf-4"
	do
		clang++ $flags -g -o program src/gamma.cc 2>err &&
		cxx_right program || return 1
	done
'

test_expect_success RUST 'Rust' '
	cat >src/delta.rs <<-\EOF &&
	mod work {
		#[inline(never)]
		pub fn in_delta_spin(n: u64) -> u64 {
			(0..n).map(std::hint::black_box).sum()
		}
		pub struct Holder<A>(pub A);
		impl<A: Copy + Into<u64>> Holder<A> {
			#[inline(never)]
			pub fn in_delta_go(&self, n: u64) -> u64 {
				(0..n).map(|i| std::hint::black_box(i) ^ self.0.into()).sum()
			}
		}
	}
	fn main() {
		println!("{}", work::in_delta_spin(20) + work::Holder(3u32).in_delta_go(20));
	}
	EOF
	for flags in "-C opt-level=2" "-C opt-level=0" "-C opt-level=2 -C lto=fat"
	do
		rustc $flags -g -o program src/delta.rs &&
		nm program | sed -n "s/^\([0-9a-f]*\) [tT] .*in_delta_\(spin\|go\).*/at \1/p" >questions &&
		test_line_count -ge 2 questions &&
		"$source" program <questions >actual &&
		test_must_fail grep -v "^delta.rs " actual &&
		test_grep " in_delta_spin" actual &&
		test_grep " in_delta_go" actual || return 1
	done
'

test_expect_success 'lines are those of the definition, not of the inlined code' '
	gcc -O2 -g -o program src/alpha.c src/beta.c &&
	nm program | sed -n "s/^\([0-9a-f]*\) T in_alpha_begin\$/at \1/p" >question &&
	"$source" program <question >actual &&
	echo "alpha.c 9 in_alpha_begin" >expect &&
	test_cmp expect actual
'

test_expect_success 'every address of a function is of it, also in a part that was moved away' '
	nm -S program | sed -n "s/^\([0-9a-f]*\) \([0-9a-f]*\) [tT] in_alpha_cold\(.cold\)\{0,1\}\$/\1 \2/p" >parts &&
	test_line_count = 2 parts &&
	while read -r begin size
	do
		printf "at %x\n" $((0x$begin)) $((0x$begin + 0x$size - 1)) || return 1
	done <parts >questions &&
	"$source" program <questions >actual &&
	test_line_count = 4 actual &&
	sort -u actual >once &&
	echo "alpha.c 13 in_alpha_cold" >expect &&
	test_cmp expect once
'

test_expect_success 'what lies between functions, or outside of the program, is of none' '
	printf "%s\n" "at 0" "at 1" "at ffffffffffffffff" >questions &&
	printf "%s\n" "offset 0" "offset 7fffffff" "offset ffffffffffffffff" >>questions &&
	"$source" program <questions >actual &&
	printf "%s\n" - - - - - - >expect &&
	test_cmp expect actual
'

test_expect_success 'by name: the place within a page tells two functions of a name apart' '
	nm program | sed -n "s/^\([0-9a-f]*\) t helper\$/\1/p" >begins &&
	test_line_count = 2 begins &&
	for begin in $(cat begins)
	do
		printf "at %x\n" $((0x$begin)) &&
		printf "named helper %x 1000\n" $((0x$begin + 0x7f0000000000)) || return 1
	done >questions &&
	"$source" program <questions >actual &&
	sed -n "1p;3p" actual >at &&
	sed -n "2p;4p" actual >named &&
	test_cmp at named &&
	sort -u at >distinct &&
	test_line_count = 2 distinct
'

test_expect_success 'by name: of several none is guessed, one alone needs no address' '
	printf "%s\n" "named helper 0 0" "named in_beta_run 0 0" "named in_beta_run 12345 1000" "named nobody 0 0" >questions &&
	"$source" program <questions >actual &&
	printf "%s\n" - "beta.c 6 in_beta_run" "beta.c 6 in_beta_run" - >expect &&
	test_cmp expect actual
'

test_expect_success 'an object file, as modules of the kernel are' '
	gcc -O2 -g -c -o module.ko src/beta.c &&
	echo "named in_beta_run 0 0" | "$source" module.ko >actual &&
	echo "beta.c 6 in_beta_run" >expect &&
	test_cmp expect actual
'

test_expect_success 'without debug information nothing is known, and that is no error' '
	gcc -O2 -o bare src/alpha.c src/beta.c &&
	printf "%s\n" count "named main 0 0" "at 1" >questions &&
	"$source" bare <questions >actual &&
	printf "%s\n" 0 - - >expect &&
	test_cmp expect actual
'

test_expect_success 'build ids' '
	gcc -g -Wl,--build-id=0x0123456789abcdef -o known src/alpha.c src/beta.c &&
	echo build-id | "$source" known >actual &&
	echo 0123456789abcdef >expect &&
	test_cmp expect actual
'

test_expect_success 'what is no program is an error that says so' '
	echo text >text &&
	test_expect_code 128 "$source" text </dev/null 2>err &&
	test_grep "^error: text is no program, library or kernel" err &&
	test_expect_code 128 "$source" nowhere </dev/null 2>err &&
	test_grep "^error: cannot open nowhere: No such file" err &&
	test_expect_code 128 "$source" src </dev/null 2>err &&
	test_grep "^error: src " err &&
	head -c 3000 program >cut &&
	test_might_fail "$source" cut </dev/null 2>err &&
	test_grep ! Sanitizer err
'

test_done
