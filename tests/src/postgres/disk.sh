# Runs a command with a small disk at FOLDER/disk that holds what is in FOLDER/data:
# `unshare --mount sh -c DISK sh MEBIBYTES USER FOLDER COMMAND…`. The disk is mounted for this command
# only, so that it is gone with it, in whatever way it ends.
trap '' HUP INT
mebibytes=$1 user=$2 folder=$3
shift 3
mount -t tmpfs -o "size=${mebibytes}m" tmpfs "$folder/disk" && cp -a "$folder/data/." "$folder/disk" || exit 1
setpriv --reuid "$user" --clear-groups "$@"
umount --lazy "$folder/disk"
rm -rf "$folder"
