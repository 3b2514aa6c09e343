"""What a disk may hold after the power failed.

usage: power.py TRACE DIRECTORY SEED OUT

TRACE is libfault's FAULT_RECORD of a whole life of a program, with lines `ack WORD`
appended by who was answered.  One moment of it is chosen by SEED, and OUT made
into what DIRECTORY might be then: all that was synced, and of what was not, any
part, in sectors of 512 bytes, in any order.  Of names that came, changed or went
since the last sync of the directory, the first so many have.  Prints the words that were
acknowledged by then.
"""
import os
import random
import sys

SECTOR = 512


def read_trace(path, root):
	with open(path, "rb") as file:
		while line := file.readline():
			what, _, rest = line.decode().rstrip("\n").partition(" ")
			if what == "ack":
				yield what, rest, None, None
				continue
			offset, length, names = rest.split(" ", 2)
			data = file.read(int(length)) if what == "write" else int(offset)
			names = [os.path.relpath(name, root) for name in names.split("\t")]
			if not names[0].startswith("..") and not names[0].endswith("-shm"):
				yield what, names, int(offset), data


class File:
	"""Its bytes on the disk, and what was done to it since they got there."""

	def __init__(self):
		self.data = bytearray()
		self.pending = []

	def put(self, offset, data):
		if len(self.data) < offset + len(data):
			self.data.extend(bytes(offset + len(data) - len(self.data)))
		self.data[offset:offset + len(data)] = data

	def do(self, change):
		offset, data = change
		if isinstance(data, int):
			del self.data[data:]
			self.data.extend(bytes(data - len(self.data)))
		else:
			self.put(offset, data)

	def sync(self):
		for change in self.pending:
			self.do(change)
		self.pending = []

	def lose(self, chance):
		"""The power fails: each sector gets there or does not."""
		pieces = []
		for offset, data in self.pending:
			if isinstance(data, int):
				pieces.append((offset, data))
				continue
			at = 0
			while at < len(data):
				end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
				pieces.append((offset + at, data[at:end]))
				at = end
		keep = chance.choice((0, 0.2, 0.8, 1))
		for piece in pieces:
			if chance.random() < keep:
				self.do(piece)


def change_name(files, what, names, new):
	file = files.pop(names[0], None)
	if what == "write":
		files[names[0]] = new
	elif what == "rename" and file is not None:
		files[names[1]] = file


def main(trace, root, seed, out):
	events = list(read_trace(trace, root))
	chance = random.Random(int(seed))
	moment = chance.randrange(len(events) + 1)
	live, disk, renames, acked = {}, {}, [], []
	for what, names, offset, data in events[:moment]:
		if what == "ack":
			acked.append(names)
		elif what in ("write", "truncate"):
			if names[0] not in live:
				live[names[0]] = File()
				renames.append(("write", names, live[names[0]]))
			live[names[0]].pending.append((offset, data))
		elif what == "sync" and names[0] in live:
			live[names[0]].sync()
		elif what in ("sync", "syncfs"):
			for file in live.values() if what == "syncfs" else ():
				file.sync()
			for change in renames:
				change_name(disk, *change)
			renames = []
		else:
			change_name(live, what, names, None)
			renames.append((what, names, None))
	for change in renames[:chance.randint(0, len(renames))]:
		change_name(disk, *change)
	for name, file in disk.items():
		file.lose(chance)
		path = os.path.join(out, name)
		os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
		with open(path, "wb", opener=lambda p, f: os.open(p, f, 0o600)) as copy:
			copy.write(file.data)
	print("\n".join(acked))


main(*sys.argv[1:])
