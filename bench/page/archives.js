// Archives that the restores take, kept in the origin private file system from one page to the next.

const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('bench', { create: true });

/** Keeps a tool's archive. */
export async function keep(name, blob) {
  const file = await (await folder()).getFileHandle(name, { create: true });
  await blob.stream().pipeTo(await file.createWritable());
}

/** A tool's archive. */
export const kept = async (name) => (await (await folder()).getFileHandle(name)).getFile();
