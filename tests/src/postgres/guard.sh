# Watches over a server: `sh -c GUARD sh BIN FOLDER DATA PORT OPTION…`. It starts the server and obeys line
# by line, saying when each order is done; at the end of its input it cleans up. A `start` while the
# server runs does nothing: PostgreSQL itself refuses to run twice in one folder.
trap '' HUP INT
bin=$1 folder=$2 data=$3 port=$4
shift 4
start() {
    "$bin/postgres" -D "$data" -k "$folder" -p "$port" -c listen_addresses=127.0.0.1 \
        -c fsync=on -c synchronous_commit=on "$@" </dev/null >>"$folder/log" 2>&1 &
    runs=yes
}
server() {
    head -n 1 "$data/postmaster.pid"
}
start "$@"
while read -r order; do
    case $order in
        kill) kill -9 "$(server)" $(pgrep -P "$(server)"); runs=no; wait; echo killed ;;
        # Fast: those connected are cut off.
        stop) kill -INT "$(server)"; runs=no; wait; echo stopped ;;
        start) start "$@"; echo started ;;
        # Until nothing more fits on the disk.
        fill) dd if=/dev/zero of="$data/filler" bs=8k oflag=append conv=notrunc; echo filled ;;
        spare) rm -f "$data/filler"; echo spared ;;
    esac
done
[ $runs = yes ] && kill -QUIT "$(server)"
wait
rm -rf "$folder"
