/** Whether a conversation is a room, by its id. */
export function isRoom(id: string): boolean {
  return id.startsWith("r:");
}
