/** The least that answers HTTP on Node: what every start time is held against. */
import { createServer } from "node:http";

createServer((_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end('{"status":"ok"}');
}).listen(Number(process.argv[2]), "127.0.0.1");
