import { AizuchiError, type Client, type Person } from "@aizuchi/sdk";

/**
 * Finds whom a text names: by name first, which is what people hand on, then by
 * id. Rejects as `Client.lookup` does.
 */
export async function findPerson(client: Client, text: string): Promise<Person> {
  try {
    return await client.lookup({ name: text });
  } catch (error) {
    // Where it is no possible name, it may still be an id.
    const other =
      error instanceof AizuchiError &&
      (error.code === "not_found" || error.code === "invalid_request");
    if (!other) throw error;
  }
  return client.lookup({ sub: text });
}
