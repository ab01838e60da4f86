# Reads sources and headers, named relative to the root of the project, and prints every #include
# that reaches up. Exits 1 if there was one. The floors are those of docs/architecture.md.

BEGIN {
    # A room may include itself and these.
    below["base"] = ""
    below["esl"] = "base"
    below["loop"] = "base esl"
    below["conn"] = "base esl loop"
    below["track"] = "base esl"
    below["sim"] = "base esl loop"
    below["control"] = "base esl loop conn track sim"
    below["apps"] = below["control"] " control"
    below["measure"] = below["apps"] " apps"
    below["dial"] = below["measure"] " measure"
    below["serve"] = below["dial"] " dial"

    # The room behind each public header <switchio/NAME.h>.
    split("error log export version variable", names); stands("base")
    split("event", names); stands("esl")
    split("loop", names); stands("loop")
    split("connection", names); stands("conn")
    split("session call job vars counts", names); stands("track")
    split("sim", names); stands("sim")
    split("client listener app originate pool caller session_commands", names); stands("control")
    split("apps", names); stands("apps")
    split("cdr store metrics expect report plot", names); stands("measure")
    split("originator", names); stands("dial")
    split("service router", names); stands("serve")

    # libuv is known to these rooms alone.
    knows_libuv = "loop conn"
    # These rooms have no I/O, no clock and no thread.
    pure = "esl track"
    impure = "^(uv\\.h|uv/.*|pthread\\.h|threads\\.h|semaphore\\.h|time\\.h|sys/time\\.h|sys/socket\\.h|" \
        "sys/un\\.h|sys/epoll\\.h|sys/select\\.h|sys/uio\\.h|netinet/.*|arpa/.*|net/.*|netdb\\.h|" \
        "poll\\.h|fcntl\\.h|unistd\\.h)$"
    # A public header names nothing but C and switchio, so that its users need no other package.
    c_header = "^(stdarg|stdbool|stddef|stdint|stdio|inttypes|limits)\\.h$"
}

function stands(room,    i)
{
    for (i in names)
        room_of[names[i]] = room
}

function has(list, word)
{
    return index(" " list " ", " " word " ") > 0
}

function violation(why)
{
    printf "%s:%d: includes %s: %s\n", FILENAME, FNR, shown, why
    bad = 1
}

# The room that a header stands in, "" for a header from elsewhere.
function room_of_header(    name)
{
    if (header ~ /^switchio\//) {
        name = header
        sub(/^switchio\//, "", name)
        sub(/\.h$/, "", name)
        return name in room_of ? room_of[name] : "?"
    }
    if (quoted && header ~ /\//)
        return substr(header, 1, index(header, "/") - 1)
    return ""
}

function check_floors(room, target)
{
    if (!(room in below))
        violation("the room '" room "' has no floor: give it one in tests/house/layering.awk")
    else if (header == "switchio/switchio.h")
        violation("it names every room: include the headers that are used")
    else if (target == "?")
        violation("no room has this header: say which in tests/house/layering.awk")
    else if (target != "" && target != room && !has(below[room], target))
        violation(target "/ does not stand below " room "/")
}

function check_source(room)
{
    if (quoted && header !~ /\//)
        violation("write it as \"" room "/" header "\"")
    check_floors(room, room_of_header())
    if (header ~ /^uv(\.h|\/)/ && !has(knows_libuv, room))
        violation("libuv is for src/loop and src/conn alone")
    else if (has(pure, room) && !quoted && header ~ impure)
        violation(room "/ has no I/O, no clock and no thread")
}

function check_public(name)
{
    if (quoted)
        violation("a public header includes <switchio/…> alone")
    else if (header !~ /^switchio\// && header !~ c_header)
        violation("a public header names nothing but C and switchio")
    else if (name != "switchio" && !(name in room_of))
        violation("no room has " FILENAME ": say which in tests/house/layering.awk")
    else if (name != "switchio")
        check_floors(room_of[name], room_of_header())
}

function check_outside(what, own)
{
    if (quoted && !own)
        violation(what " see only <switchio/…>")
    else if (header ~ /^uv(\.h|\/)/ || (quoted && header ~ /\// && header !~ /^cli\//))
        violation(what " see only <switchio/…>")
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    shown = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", shown)
    quoted = shown ~ /^"/
    header = substr(shown, 2)
    sub(/[">].*/, "", header)
    shown = substr(shown, 1, length(header) + 2)
    includes++

    n = split(FILENAME, path, "/")
    name = path[n]
    sub(/\.[ch](\.in)?$/, "", name)
    if (header ~ /(^|\/)\.\.?\//)
        violation("name the room, not a way to it")
    else if (path[1] == "src")
        check_source(path[2])
    else if (path[1] == "include")
        check_public(name)
    else if (path[1] == "cli")
        check_outside("the sub-commands", 1)
    else if (path[1] == "examples")
        check_outside("the examples", 0)
}

END {
    if (!includes) {
        print "no #include was seen: the check was given the wrong files"
        bad = 1
    }
    exit bad
}
