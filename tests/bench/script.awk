# Makes a pgbench script of what record.c wrote down while the same kind of request ran twice: the same statements in the
# same pipelines. What differed between the two runs decides what varies:
#   the uuid of a demo row        any row of its kind: :min_003 … :max_003; also as the one element of an array
#   another uuid                  a new one in every transaction
#   a code, B-<number>-<number>   a new one in every transaction
#   anything else, and what did not differ: the value itself, as a variable of pgbench
# usage: awk -v first=1 -v second=2 -v tag=a -v variables=FILE -f script.awk RECORDING >SCRIPT
# The recording has lines "M <number>" where a run begins. FILE gets name=value lines for pgbench's -D. The tag keeps the
# variables of several scripts apart.
BEGIN {
    FS = "\t"
    UUID = "^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$"
    DEMO = "^[{]?00000000-0000-7000-8[0-9][0-9][0-9]-[0-9]+[}]?$"
    CODE = "^B-[0-9]+-[0-9]+$"
}
$1 == "M" { run = $2; next }
$3 == "prepare" { statement[$1, $4] = $5 }
$2 !~ /-worker$/ { next }
$3 == "execute" { note(statement[$1, $4]) }
$3 == "query" { note($4) }
$3 == "sync" { steps[run]++; kind[run, steps[run]] = "sync" }

function note(sql,   i) {
    steps[run]++
    kind[run, steps[run]] = sql
    values[run, steps[run]] = NF - 4
    for (i = 5; i <= NF; i++)
        value[run, steps[run], i - 4] = $i
}

END {
    if (!steps[first] || steps[first] != steps[second])
        give_up("the two runs sent " steps[first] + 0 " and " steps[second] + 0 " times")
    for (step = 1; step <= steps[first]; step++)
        if (kind[first, step] != kind[second, step])
            give_up("the two runs sent different statements: " kind[first, step] " / " kind[second, step])
        else if (kind[first, step] != "sync")
            body = body (open++ ? "" : "\\startpipeline\n") replace(step) ";\n"
        else {
            body = body (open ? "\\endpipeline\n" : "")
            open = 0
        }
    printf "%s%s%s", (fresh ? "\\set n :n + 1\n" : ""), head, body
}

function give_up(why) {
    print "script.awk: " why >"/dev/stderr"
    exit 1
}

# The statement with its parameters replaced, the highest first, so that $1 does not hit $10.
function replace(step,   sql, i) {
    sql = kind[first, step]
    for (i = values[first, step]; i >= 1; i--)
        sql = put(sql, "$" i, parameter(value[first, step, i], value[second, step, i]))
    return sql
}

function put(text, what, by,   at, done) {
    while ((at = index(text, what)) > 0) {
        done = done substr(text, 1, at - 1) by
        text = substr(text, at + length(what))
    }
    return done text
}

function parameter(a, b) {
    if (a == "N")
        return "NULL"
    a = substr(a, 2)
    b = substr(b, 2)
    if (a != b && a ~ DEMO)
        return demo_row(a)
    if (a != b && a ~ UUID)
        return "lpad(" fresh_number(a) "::text, 32, '0')" # digits are a uuid, too
    if (a != b && a ~ CODE)
        return "('B-' || " fresh_number(a) "::text)"
    if (!(a in name)) {
        constants++
        name[a] = ":c" tag constants
        print "c" tag constants "=" a >variables
    }
    return name[a]
}

function demo_row(value,   open, uuid, of) {
    open = substr(value, 1, 1) == "{"
    uuid = open ? substr(value, 2, length(value) - 2) : value
    if (!(uuid in name)) {
        of = substr(uuid, 21, 3)
        rows++
        name[uuid] = ":d" tag rows
        head = head "\\set d" tag rows " random(:min_" of ", :max_" of ")\n"
    }
    return "('" (open ? "{" : "") substr(uuid, 1, 24) "' || lpad(" name[uuid] "::text, 12, '0')" (open ? " || '}'" : "") ")"
}

function fresh_number(value) {
    if (!(value in name)) {
        fresh++
        name[value] = ":v" tag fresh
        head = head "\\set v" tag fresh " :base + :client_id * 10000000 + :n * 10 + " fresh "\n"
    }
    return name[value]
}
