#!/usr/bin/env bash
# In a Kafka node: writes an archive of those held files whose names are in .backup/send. Segments that the server writes to grow
# meanwhile; that what was held is there to its length is checked where the archive is unpacked.
set -euo pipefail

cd "${KAFKA_DATA:-/var/lib/kafka/data}/.backup"
status=(0 0)
nice -n 19 tar -cf - -T send 2>tar.log | nice -n 19 gzip -1 || status=("${PIPESTATUS[@]}")
# GNU's tar ends with 1 where a file has changed, and has written it to the length it had.
if [ "${status[0]}" = 1 ] && [ -s tar.log ] && ! grep -vq 'file changed as we read it' tar.log; then status[0]=0; fi
[ "${status[*]}" = "0 0" ] || { echo "kafka-pack: $(tail -n 1 tar.log)" >&2 && exit 1; }
