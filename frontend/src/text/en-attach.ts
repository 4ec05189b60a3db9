/** Pictures and files beside a message, in words: part of the first load. */

/** What is put beside the words of a message. */
export const attach = {
  open: "Add",
  title: "Add to the message",
  camera: "Camera",
  photos: "Photos",
  paste: "Paste",
  file: "Mention a file",
  command: "Command",
  remove: (name: string) => `Remove ${name}`,
  tiles: "Pictures with this message",
  pasted: "Pasted picture",
  photo: "Photo",
  working: "Making it smaller",
  picture: (index: number) => `Picture ${index}`,
  notAnImage: (name: string) => `${name} is no picture that can be read here.`,
  tooMuch: "More pictures do not fit into one message. Send these first.",
  nothingToPaste: "There is no picture on the clipboard, or this browser does not give it.",
  notLoaded: "This picture cannot be loaded now.",
  load: "Load the picture",
} as const;
