/** The server's answers. */

/** What a path answers; throws an Error whose message says why there is no answer. */
export async function get(path) {
  return answered(await fetch(path, {headers: {accept: "application/json"}}));
}

/** What it answers to a document that is sent. */
export async function post(path, document, token) {
  const headers = {"accept": "application/json", "content-type": "application/json"};
  if (token !== "") {
    headers.authorization = `Bearer ${token}`;
  }
  return answered(await fetch(path, {method: "POST", headers, body: JSON.stringify(document)}));
}

async function answered(response) {
  const body = await response.json();
  if (!response.ok) {
    throw new Error(body.detail ?? `status ${response.status}`);
  }
  return body;
}
