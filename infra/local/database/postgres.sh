# Runs as root in a container of the host image, with a folder for the cluster at /cluster. PostgreSQL itself refuses root.
set -eu
bin=$(echo /usr/lib/postgresql/*/bin)
as_postgres="setpriv --reuid=postgres --regid=postgres --init-groups"

chown postgres: /cluster
chmod 700 /cluster

if [ ! -d /cluster/main ]; then
  # Made aside and renamed: a start that was cut short leaves nothing that looks like a cluster.
  rm -rf /cluster/new
  install --owner=postgres --mode=600 /dev/null /dev/shm/password
  printf %s "$DATABASE_PASSWORD" >/dev/shm/password
  $as_postgres "$bin/initdb" --pgdata=/cluster/new --username=markco --pwfile=/dev/shm/password \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  rm /dev/shm/password
  mv /cluster/new /cluster/main
fi

# Only the machine itself may connect, with the password: runtimes live on the same bridge.
echo "host all markco $MACHINE_ADDRESS/32 scram-sha-256" >/cluster/main/pg_hba.conf

unset DATABASE_PASSWORD
exec $as_postgres "$bin/postgres" -D /cluster/main -c listen_addresses='*' -c unix_socket_directories= \
  -c max_connections=60 -c shared_buffers=32MB
