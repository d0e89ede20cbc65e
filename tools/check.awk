# The rules of style that can be read off single lines; `tools/check` runs it over every source file.
# Prints "file:line: what". Everything here is a table or a line rule; what needs the whole tree is in tools/check.

BEGIN {
    # Who may include whom: own folder or a lower rung.
    split("base 0 model 1 os 2 wire 2 quant 2 store 3 market 3 vendors 3 alpha 4 ai 5 trade 6 scan 7 loops 8 engine 9 " \
          "drivers 10 faces 11 app 12", a, " ")
    for (i = 1; i in a; i += 2) rung[a[i]] = a[i + 1]
    # From market to engine nothing sees the outside.
    split("market alpha ai trade scan loops engine", a, " ")
    for (i in a) inner[a[i]] = 1
    split("os store vendors", a, " ")
    for (i in a) outside[a[i]] = 1
    # The one inner file that may: the compute pool is threads, and their results enter as events (decision 11).
    exception["src/engine/pool.c os/thread.h"] = 1
    # A third-party library is named in exactly one file.
    library["sqlite3.h"] = "src/store/sqlite.c"
    # The seam for files of our own (simulated disks) stands apart from the door that everybody uses.
    second["src/store/sqlite_vfs.c sqlite3.h"] = 1
    library["sodium.h"] = "src/base/hash.c"
    library["xxhash.h"] = "src/base/hash.c"
    library["zstd.h"] = "src/wire/zst.c"
    library["zlib.h"] = "src/wire/zip.c"
    library["toml++/toml.h"] = "src/wire/toml.cpp"
    library["cctz/civil_time.h"] = "src/model/zone.cpp"
    library["cctz/time_zone.h"] = "src/model/zone.cpp"
    library["cmocka.h"] = "tests/test.h"
    # What comes with the compiler and the system.
    split("arpa/inet.h chrono cmath cpuid.h ctype.h cstddef cstdint cstdio cstring dirent.h emmintrin.h errno.h fcntl.h " \
          "float.h ftw.h immintrin.h inttypes.h limits.h locale.h math.h memory netinet/in.h netinet/tcp.h new poll.h pthread.h " \
          "sched.h setjmp.h signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h " \
          "string string.h string_view strings.h sys/epoll.h sys/eventfd.h sys/file.h sys/ioctl.h sys/mman.h sys/random.h " \
          "sys/resource.h sys/signalfd.h sys/socket.h sys/stat.h sys/statvfs.h sys/syscall.h sys/time.h sys/timerfd.h sys/types.h " \
          "sys/un.h sys/utsname.h sys/wait.h termios.h time.h unistd.h vector wchar.h", a, " ")
    for (i in a) system_header[a[i]] = 1
    banned = "strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|rand|srand|time|localtime|gmtime|gets|system|alloca"
    allocating = "malloc|calloc|realloc|free|strdup|strndup|asprintf"
    libm = "exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot|erf|erfc|lgamma|tgamma|expf|logf|powf"
    clock = "clock_gettime|gettimeofday|nanosleep|usleep|sleep|ftime|timespec_get"
}

function say(text) { printf "%s:%d: %s\n", FILENAME, FNR, text }

# True if one of the names is called on this line of code.
function calls(line, names) { return line ~ ("(^|[^A-Za-z0-9_.>])(" names ")[ ]*\\(") }

# Cuts strings, characters and comments, so that words in them are not taken for code.
function code_of(line,    out, i, at) {
    gsub(/\\\\/, "", line)
    gsub(/\\["']/, "", line)
    gsub(/"[^"]*"/, "\"\"", line)
    gsub(/'[^']*'/, "0", line)
    out = ""
    while (line != "") {
        if (in_comment) {
            at = index(line, "*/")
            if (at == 0) return out
            line = substr(line, at + 2)
            in_comment = 0
        } else {
            at = index(line, "/*")
            i = index(line, "//")
            if (i > 0 && (at == 0 || i < at)) return out substr(line, 1, i - 1)
            if (at == 0) return out line
            out = out substr(line, 1, at - 1)
            line = substr(line, at + 2)
            in_comment = 1
        }
    }
    return out
}

function check_project_include(path,    to) {
    to = path
    sub(/\/.*/, "", to)
    if (path ~ /_(internal|inner)\.h$/ && top != "tests") {
        dir = path; sub(/\/[^\/]*$/, "", dir)
        if (dir != folder) say("include of " path ": an internal header stays in its folder")
    }
    if (top == "tests" || top == "fuzz" || top == "bench") return
    if (to == "sim") {
        if (top != "app" && top != "sim") say("include of " path ": only app may include sim")
        return
    }
    if (!(to in rung)) { say("include of " path ": not a folder of the table in tools/check.awk"); return }
    if (top == "sim" || to == top || (FILENAME " " path) in exception) return
    if (rung[to] >= rung[top]) say("include of " path ": " top " must not know " to)
    else if ((top in inner) && (to in outside)) say("include of " path ": " top " speaks to " to " by asks and effects only")
}

function check_system_include(name) {
    if (top == "bench" && name in library) return # a peer measured against us speaks to its library itself
    if (name in library) {
        if ((FILENAME " " name) in second) return
        if (FILENAME != library[name]) say("include of <" name ">: only " library[name] " may name this library")
        if (library_file[name] == "") library_file[name] = FILENAME
    } else if (!(name in system_header)) {
        say("include of <" name ">: not in the library table of tools/check.awk")
    } else if (name ~ /^(pthread|stdatomic)\.h$/ && in_src && top !~ /^(os|store|engine|drivers)$/) {
        say("include of <" name ">: locks and atomics live in os, store, engine and drivers")
    }
}

# Parameters of the function whose head ends here: commas outside inner brackets. The two that every fallible
# function has, the diag and the result, are not counted.
function count_parameters(head,    i, c, depth, n) {
    gsub(/, *diag_t \*[a-z_]*/, "", head)
    sub(/, [A-Za-z_0-9 ]+\**[ ]*\**out(_[a-z]+)?(\[[^\]]*\])?\)/, ")", head)
    n = 1
    for (i = index(head, "("); i <= length(head); i++) {
        c = substr(head, i, 1)
        if (c == "(" || c == "[" || c == "{") depth++
        else if (c == ")" || c == "]" || c == "}") { if (--depth == 0) return n }
        else if (c == "," && depth == 1) n++
    }
    return 0
}

FNR == 1 {
    in_comment = 0; in_function = 0; head = ""
    folder = FILENAME; sub(/\/[^\/]*$/, "", folder)
    in_src = folder ~ /^src(\/|$)/
    sub(/^src\//, "", folder)
    top = folder; sub(/\/.*/, "", top)
    table = FILENAME ~ /\.def$|golden[a-z_]*\.h$/
    pure = in_src && (folder ~ /^(quant|alpha)(\/|$)/ || folder ~ /^trade\/sizing(\/|$)/)
    deciding = in_src && top ~ /^(quant|market|alpha|ai|trade|scan|engine)$/ && folder !~ /^quant\/math/
    if (in_src && !table && $0 !~ /^\/\*/) say("the file starts without a comment that says what it is")
}

{
    if (length($0) > 110 && !table) say("line of " length($0) " columns; 110 is the most")
    if ($0 ~ /[ \t]$/) say("blank at the end of the line")
    if ($0 ~ /\t/) say("tab")
    if (in_src && $0 ~ /(^|[^A-Za-z0-9_.])\/(work|root|tmp|home)\//) say("absolute path of a machine")
    if (!in_src && $0 ~ /\/work\//) say("absolute path of a machine")
    if ($0 ~ /(TODO|FIXME)/ && !table && $0 !~ /(TODO|FIXME)\(?#[0-9]+/) say("a TODO names its issue: TODO(#12)")
    if ($0 ~ /^#include "/) { split($0, q, "\""); if (q[2] !~ /^tests\//) check_project_include(q[2]) }
    if ($0 ~ /^#include </) { name = $0; sub(/^#include </, "", name); sub(/>.*/, "", name); check_system_include(name) }

    code = code_of($0)
    if (calls(code, banned)) say("a banned call; see style.md")
    if (pure && calls(code, allocating)) say("allocation in pure code; use the arena handed in")
    if (deciding && calls(code, libm)) say("libm differs between machines; use quant/math")
    if (in_src && top != "os" && calls(code, clock)) say("only os reads a clock or sleeps")
    if (in_src && code ~ /^(static )?[A-Za-z_][A-Za-z0-9_ *]* \*?[a-z_0-9]+(\[[^\]]*\])*( = .*)?;$/ && \
        code !~ /^(static )?const |[ *]const |^(__extension__|typedef|extern|return|struct [a-z_]+;)|^(static )?_Thread_local|^enum|_Atomic/ && \
        code !~ /\(|_fn / && top != "app" && code !~ /^(struct|union) /) say("a global that can change; state lives in structs")

    # Functions: a head in column 0, then { alone, then } alone.
    if (!in_function) {
        if (code ~ /^[A-Za-z_].*\(/ && code !~ /^(#|typedef|return|X\(|K\(|P\(|S\(|F\(|EV_|TEST\()/ && head == "") head = code
        else if (head != "") head = head code
        if (head != "" && code ~ /[;{}]$/) {
            n = count_parameters(head)
            if (n > 5 && in_src && head !~ /\.\.\./ && head !~ /=/) say("a function of " n " parameters; 5 is the most, then a struct")
            head = ""
        }
        if (code ~ /^\{$/) {
            n = count_parameters(head)
            if (head != "" && n > 5 && in_src && head !~ /\.\.\./) say("a function of " n " parameters; 5 is the most, then a struct")
            head = ""; in_function = 1; function_line = FNR
        }
    } else {
        if (code ~ /^                +(if|for|while|switch|do)[ (]/ && in_src) say("nested deeper than 3")
        if (code ~ /^\}/) {
            in_function = 0; head = ""
            if (FNR - function_line + 1 > 70) say("a function of " FNR - function_line + 1 " lines; 70 is the most")
        }
    }
    if (FNR == 1001 && !table) say("the file is longer than 1000 lines")
}
