/** Generated from openapi.json by `npm run generate`; changes here are lost. */

export interface paths {
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server is there */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pair this browser with a one-time code; sets the device cookie */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Pair"];
                };
            };
            responses: {
                /** @description Paired. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ThisDevice"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pair/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a one-time code for another device; one for full rights needs fresh proof */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MakeCode"];
                };
            };
            responses: {
                /** @description Good for ten minutes, once. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PairingCode"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ways to sign in with GitHub that work here */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The ways. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInWays"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Begin GitHub's web flow: sends the browser to GitHub */
        get: {
            parameters: {
                query?: {
                    next?: string;
                    name?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description On to GitHub. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where GitHub sends the browser back to: signs it in */
        get: {
            parameters: {
                query?: {
                    code?: string;
                    state?: string;
                    error?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed in; on to the page. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin GitHub's device flow, or take up the one that this browser has pending */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StartDeviceFlow"];
                };
            };
            responses: {
                /** @description The code to type. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeviceFlowStart"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/device/{flow}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where this browser's device flow stands; with `done` the answer sets the cookies */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    flow: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Where it stands. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeviceFlowState"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a GitHub token */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TokenSignIn"];
                };
            };
            responses: {
                /** @description Signed in. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GitHubUser"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in with GitHub in this browser */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The user. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["GitHubUser"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out of GitHub; a device that GitHub let in is signed out with it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Signed out. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This device and the machine it talks to */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description This device. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ThisDevice"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show with a code of the terminal or of another full device that it is you; good for five minutes */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GiveProof"];
                };
            };
            responses: {
                /** @description Proof is fresh now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ThisDevice"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All paired devices */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Oldest first. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeviceList"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Sign all other devices out at once; needs fresh proof */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Those that were signed out. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeviceList"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign a device out at once; its own cookies are taken away */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Rename a device or change its rights; giving full rights needs fresh proof */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PatchDevice"];
                };
            };
            responses: {
                /** @description As it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Device"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be used now, per provider, with the reason where it cannot */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Looked at just now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelListing"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stateless completion: messages in, one message out, or its pieces with `stream` */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChatRequest"];
                };
            };
            responses: {
                /** @description The whole message, or server-sent events: `delta` pieces, then `done` with the whole answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChatAnswer"];
                        "text/event-stream": components["schemas"]["ChatChunk"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is set up, and what can be; without keys */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description As it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderSettings"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Add a provider or change one; needs fresh proof. 409 when the environment sets it */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PutProvider"];
                };
            };
            responses: {
                /** @description As it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderEntry"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Take a provider away, with its key; needs fresh proof */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try it as a turn would: its list, then one word of a model; says the one thing that is wrong */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TestProvider"];
                };
            };
            responses: {
                /** @description What came of it. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConnectionReport"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/default": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** What new sessions get, as `provider/model`; null: the first that can be had */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChooseModel"];
                };
            };
            responses: {
                /** @description It holds from now on. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Known projects, most recently used first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The projects. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProjectList"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Open a folder as a project, by its absolute path */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OpenProject"];
                };
            };
            responses: {
                /** @description The project. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Project"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions, most recently updated first */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    before?: string;
                    beforeId?: string;
                    archived?: string;
                    pinned?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of them. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionPage"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Start a session; the same id and body gives the same answer, another body 422 */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateSession"];
                };
            };
            responses: {
                /** @description The session. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionSummary"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One session */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The session. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionSummary"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a session for good; what runs in it is stopped */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Rename a session, pin it, put it away, or change its model or mode */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PatchSession"];
                };
            };
            responses: {
                /** @description As it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionSummary"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sessions/{id}/seen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Note what this device has read; never goes back */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Seen"];
                };
            };
            responses: {
                /** @description Noted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Copy a session through the end of a turn into a new one; the same id and body gives the same */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ForkSession"];
                };
            };
            responses: {
                /** @description The new session. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionSummary"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A session as a file: Markdown for people, JSON for an import */
        get: {
            parameters: {
                query?: {
                    format?: "markdown" | "json";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description An attachment, as long as the session is. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/markdown": string;
                        "application/json": unknown;
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a session of an exported one; the same id and body gives the same answer */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ImportSession"];
                };
            };
            responses: {
                /** @description The session. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionSummary"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions whose titles, prompts, answers, commands or file names hold a text */
        get: {
            parameters: {
                query: {
                    q: string;
                    limit?: number;
                    session?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The newest of them. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SearchResults"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a prompt: on disk before the 202, and the same id never runs twice */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SubmitPrompt"];
                };
            };
            responses: {
                /** @description Accepted. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PromptReceipt"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/prompts/{promptId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a prompt that is still queued; 409 once it is taken up */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    promptId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Edit a prompt that is still queued, move it, or send it now; 409 once it is taken up */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    promptId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PatchPrompt"];
                };
            };
            responses: {
                /** @description The queue. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueuedPrompt"][];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sessions/{id}/permissions/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decide a question; 409 with the decision when someone was faster or the digest differs */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    requestId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PermissionDecision"];
                };
            };
            responses: {
                /** @description Decided. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PermissionDecided"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/grants/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take back a permission that was given for the turn or the session */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    requestId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It holds no longer. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/compact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sum up what came before, after what waits; the same id never runs twice */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CompactSession"];
                };
            };
            responses: {
                /** @description Accepted. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PromptReceipt"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop the running turn, and let rest what waits; 409 when another one runs */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CancelTurn"];
                };
            };
            responses: {
                /** @description It is being stopped. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/rewind": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go back to before a turn, or take that back; with `preview` nothing is changed. 409 while a turn runs, and when the files are no longer as previewed */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RewindRequest"];
                };
            };
            responses: {
                /** @description What would be done, or what was; the same id always gets the same answer. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RewindPreview"] | components["schemas"]["RewindAnswer"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Commands of this session in the background, the oldest first: those that run and the last that ended */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All that are known. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackgroundJob"][];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A command in the background with the latest of its output */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    jobId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description At most 16,000 characters. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BackgroundJobOutput"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** End a command that runs in the background; 404 when it does not run */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    jobId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Nothing of it is alive. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be written after / in this session */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The commands. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SlashCommandList"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{id}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be written after / in the first prompt of a session in this project */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The commands. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SlashCommandList"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Files of a project whose paths hold some letters, best first */
        get: {
            parameters: {
                query?: {
                    q?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Paths, relative to the project. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileNameList"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A session's events after a position: server-sent events, or a page as JSON */
        get: {
            parameters: {
                query?: {
                    after?: number | null;
                    before?: number;
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description `id:` is the seq; `Last-Event-ID` wins over `after`. `event: reset` (`{lastSeq}`): the log has no such position, and comes from its first event. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventPage"];
                        "text/event-stream": components["schemas"]["SessionEvent"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/events/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One event whole, also where the stream cuts it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    seq: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The event as it was logged. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionEvent"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything for one device: a snapshot, then summaries, and the updates of the sessions asked for */
        get: {
            parameters: {
                query?: {
                    session?: string | string[];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description `event: snapshot` first, then `event: summary` (whole, no id), `event: removed` (`{sessionId}`, no id) and, for each `session={id}:{after}`, `event: update` with `id: {sessionId}:{seq}`. `event: reset` (`{sessionId, lastSeq}`): that log has no such position, and comes from its first event. `event: crowded` (`{maxStreams}`) before the end: this was the oldest of too many; come back when somebody looks. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": components["schemas"]["DeviceMessage"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The diff of a turn, between the checkpoints of its start and its end */
        get: {
            parameters: {
                query: {
                    turn: string;
                    file?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Summary and diffs. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TurnChanges"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reach": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How this machine is reached: its addresses, https, proxies */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description As it is now. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MachineReach"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The authority of this machine's https, to be compared with what the terminal says */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description 404 when the server has none. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trust"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trust/ca.crt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The authority's certificate, PEM: for Android, Windows, Linux, macOS and iOS */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description PEM. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-x509-ca-cert": string;
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trust/ca.mobileconfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a configuration profile for iOS and macOS */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A profile. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-apple-aspen-config": string;
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who came in and who decided what, newest first */
        get: {
            parameters: {
                query?: {
                    before?: number;
                    limit?: number;
                    kind?: "device_paired" | "device_changed" | "device_revoked" | "code_made" | "signed_in" | "signed_out" | "refused" | "proof_given" | "decision" | "provider_changed" | "grant_ended" | "mode_changed" | "session_rewound" | "session_deleted";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of it. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditPage"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole record as a file, one JSON entry a line, as it lies on the disk */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description JSON lines. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start the scripted model and open a fresh copy of the sample project */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Where to begin. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Demo"];
                    };
                };
                /** @description The request was refused or failed; `code` says why. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ToolOutput: {
            /** @constant */
            type: "lines";
            from: number;
            to: number;
            total: number;
        } | {
            /** @constant */
            type: "entries";
            count: number;
        } | {
            /** @constant */
            type: "matches";
            count: number;
            files: number;
        } | {
            /** @constant */
            type: "edit";
            added: number;
            removed: number;
            created: boolean;
        } | {
            /** @constant */
            type: "execute";
            exitCode: number | null;
            signal: string | null;
            durationMs: number;
            cwd: string;
            timedOut: boolean;
            stopped?: boolean;
            jobId?: string;
        } | {
            /** @constant */
            type: "fetch";
            status: number;
            bytes: number;
            mimeType: string;
        } | {
            /** @constant */
            type: "image";
            mimeType: string;
            bytes: number;
        } | {
            /** @constant */
            type: "list";
            done: number;
            count: number;
        } | {
            /** @constant */
            type: "subagent";
            steps: number;
            tokens: number | null;
        };
        ToolFailure: {
            /** @constant */
            type: "failure";
            /** @enum {string} */
            reason: "error" | "denied" | "cancelled" | "invalid_input" | "not_started" | "unknown_outcome" | "mode";
        };
        Health: {
            /** @constant */
            status: "ok";
            /** @constant */
            app_name: "VoxPilot";
            version: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: components["schemas"]["ProblemCode"];
            data?: {
                [key: string]: unknown;
            };
        };
        /** @enum {string} */
        ProblemCode: "not_paired" | "device_revoked" | "expired" | "proof_needed" | "forbidden" | "foreign_host" | "foreign_origin" | "invalid_request" | "unsupported_media_type" | "too_large" | "too_many_tries" | "not_found" | "method_not_allowed" | "upgrade_refused" | "code_unknown" | "code_expired" | "last_full_device" | "github_not_configured" | "github_not_signed_in" | "github_state" | "github_failed" | "github_unreachable" | "login_not_allowed" | "flow_not_found" | "project_not_allowed" | "session_not_found" | "id_reused" | "prompt_taken_up" | "turn_not_running" | "turn_running" | "changed" | "queue_full" | "busy" | "permission_decided" | "permission_changed" | "set_by_environment" | "model_missing" | "model_failed" | "not_saving" | "disk_full" | "internal";
        ThisDevice: {
            id: string;
            name: string;
            rights: components["schemas"]["DeviceRights"];
            login: string | null;
            freshUntil: string | null;
            server: {
                version: string;
                machine: string;
                address: string;
                home: string;
                https: boolean;
                notEncrypted: boolean;
                github: {
                    web: boolean;
                    device: boolean;
                } | null;
                /** @enum {string} */
                disk: "enough" | "low" | "full";
                demo: boolean;
            };
        };
        /** @enum {string} */
        DeviceRights: "full" | "approve" | "read";
        Pair: {
            code: string;
            name: string;
        };
        PairingCode: {
            code: string;
            /** Format: date-time */
            expiresAt: string;
            rights: components["schemas"]["DeviceRights"];
            url: string;
        };
        MakeCode: {
            /** @default full */
            rights: components["schemas"]["DeviceRights"];
        };
        SignInWays: {
            web: boolean;
            device: boolean;
            token: boolean;
        };
        DeviceFlowStart: {
            flow: string;
            user_code: string;
            verification_uri: string;
            /** Format: date-time */
            expires_at: string;
        };
        StartDeviceFlow: {
            name?: string;
        };
        DeviceFlowState: {
            /** @constant */
            status: "pending";
            interval: number;
        } | {
            /** @constant */
            status: "done";
            user: components["schemas"]["GitHubUser"];
        } | {
            /** @constant */
            status: "failed";
            reason: components["schemas"]["SignInFailure"];
            detail?: string;
        };
        GitHubUser: {
            login: string;
            name: string | null;
            avatar_url: string;
        };
        /** @enum {string} */
        SignInFailure: "expired" | "denied" | "not_allowed" | "device_flow_disabled" | "misconfigured" | "rate_limited" | "unreachable" | "failed";
        TokenSignIn: {
            token: string;
            name?: string;
        };
        GiveProof: {
            code: string;
        };
        DeviceList: {
            devices: components["schemas"]["Device"][];
        };
        Device: {
            id: string;
            name: string;
            rights: components["schemas"]["DeviceRights"];
            /** Format: date-time */
            createdAt: string;
            lastSeenAt: string | null;
            lastAddress: string | null;
            login: string | null;
        };
        PatchDevice: {
            name?: string;
            rights?: components["schemas"]["DeviceRights"];
        };
        ModelListing: {
            default: string | null;
            providers: components["schemas"]["ProviderListing"][];
        };
        ProviderListing: {
            id: string;
            name: string;
            baseUrl: string;
            /** @enum {string} */
            source: "configured" | "environment" | "settings" | "found" | "demo";
            available: boolean;
            problem: {
                code: string;
                detail?: string;
            } | null;
            retiredOn: string | null;
            models: components["schemas"]["ModelEntry"][];
        };
        ModelEntry: {
            id: string;
            name: string;
            contextWindow: number | null;
            outputLimit: number | null;
            images: boolean | null;
            tools: boolean | null;
            efforts: components["schemas"]["Effort"][];
            price: components["schemas"]["ModelPrice"] | null;
            retired: boolean;
        };
        /** @enum {string} */
        Effort: "minimal" | "low" | "medium" | "high";
        ModelPrice: {
            input: number;
            output: number;
            cachedInput?: number;
            cacheWrite?: number;
            tiers?: {
                input: number;
                output: number;
                cachedInput?: number;
                cacheWrite?: number;
                above: number;
            }[];
        };
        ChatAnswer: {
            message: components["schemas"]["ChatMessage"];
            model: string;
        };
        ChatMessage: {
            /** @enum {string} */
            role: "system" | "user" | "assistant";
            content: string;
        };
        ChatChunk: {
            delta: string;
        };
        ChatRequest: {
            messages: components["schemas"]["ChatMessage"][];
            model?: string;
            stream?: boolean;
        };
        ProviderSettings: {
            providers: components["schemas"]["ProviderEntry"][];
            presets: components["schemas"]["ProviderPreset"][];
            defaultModel: string | null;
            data: {
                date: string;
                source: string;
                license: string;
            };
        };
        ProviderEntry: {
            id: string;
            name: string;
            preset: string | null;
            baseUrl: string;
            /** @enum {string} */
            source: "configured" | "environment" | "settings" | "found" | "demo";
            /** @enum {string} */
            key: "none" | "missing" | "stored" | "environment" | "github";
            variable: string | null;
            headers: components["schemas"]["ShownField"][];
            query: components["schemas"]["ShownField"][];
            models: components["schemas"]["OwnModel"][];
            retiredOn: string | null;
        };
        ShownField: {
            name: string;
            value: string | null;
            isSecret: boolean;
        };
        OwnModel: {
            id: string;
            name?: string;
            contextWindow?: number;
            outputLimit?: number;
            images?: boolean;
            tools?: boolean;
            /** @enum {string} */
            editFormat?: "edit" | "patch";
            price?: components["schemas"]["ModelPrice"];
        };
        ProviderPreset: {
            id: string;
            name: string;
            baseUrl: string | null;
            keyVariables: string[];
            headerNames: string[];
            queryNames: string[];
            /** @enum {string} */
            auth: "key" | "none" | "github";
            isLocal: boolean;
            retiredOn: string | null;
        };
        PutProvider: {
            preset: string | null;
            name: string;
            /** Format: uri */
            baseUrl: string;
            key?: string | null;
            headers?: {
                name: string;
                value?: string;
                isSecret?: boolean;
            }[];
            query?: {
                name: string;
                value?: string;
                isSecret?: boolean;
            }[];
            models?: components["schemas"]["OwnModel"][];
        };
        ConnectionReport: {
            /** @enum {string} */
            outcome: "works" | "unknown_host" | "refused" | "bad_port" | "unreachable" | "tls" | "timeout" | "key_missing" | "key_refused" | "forbidden" | "sign_in_needed" | "version_missing" | "wrong_path" | "redirect" | "not_an_endpoint" | "gone" | "no_models" | "model_missing" | "no_tools" | "not_streaming" | "quota" | "rate_limit" | "failed";
            status: number | null;
            detail: string | null;
            models: number | null;
            model: string | null;
            betterBaseUrl: string | null;
            answeredAfterMs: number | null;
        };
        TestProvider: {
            model?: string;
        };
        ChooseModel: {
            model: string | null;
        };
        ProjectList: {
            projects: components["schemas"]["Project"][];
        };
        Project: {
            id: string;
            name: string;
            path: string;
            branch: string | null;
            instructions: string[];
            lastUsedAt: string | null;
        };
        OpenProject: {
            path: string;
        };
        SessionPage: {
            sessions: components["schemas"]["SessionSummary"][];
            hasMore: boolean;
        };
        SessionSummary: {
            id: string;
            title: string | null;
            pinned: boolean;
            archived: boolean;
            forkedFrom: components["schemas"]["ForkOrigin"] | null;
            /** Format: date-time */
            importedAt?: string;
            project: {
                id: string;
                name: string;
                path: string;
                branch: string | null;
            };
            engine: string;
            model: string | null;
            effort: components["schemas"]["Effort"] | null;
            mode: components["schemas"]["SessionMode"];
            modeEndsAt: string | null;
            state: components["schemas"]["SessionState"];
            turnId: string | null;
            turnStartedAt: string | null;
            stopReason: components["schemas"]["StopReason"] | null;
            problem: components["schemas"]["TurnProblem"] | null;
            activity: {
                toolCallId?: string;
                kind: components["schemas"]["ToolKind"];
                title: string;
                running: boolean;
            } | null;
            pending: components["schemas"]["PermissionRequest"][];
            queue: components["schemas"]["QueuedPrompt"][];
            changes: {
                files: number;
                added: number;
                removed: number;
            } | null;
            turnChanges?: {
                seq: number;
                files: number;
                added: number;
                removed: number;
            }[];
            spent: components["schemas"]["Spent"];
            spentInDay: components["schemas"]["SpentInDay"] | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            lastSeq: number;
            seenSeq: number;
            notSaving: boolean;
            rewinds?: components["schemas"]["RewindMark"][];
        };
        ForkOrigin: {
            sessionId: string;
            turnId: string;
            title: string | null;
        };
        /** @enum {string} */
        SessionMode: "plan" | "ask" | "edit" | "auto";
        /** @enum {string} */
        SessionState: "running" | "requires_action" | "idle" | "interrupted";
        /** @enum {string} */
        StopReason: "end_turn" | "max_tokens" | "max_turn_requests" | "refusal" | "cancelled";
        TurnProblem: {
            /** @enum {string} */
            code: "model_missing" | "model_unreachable" | "model_auth" | "model_sign_in" | "model_not_found" | "model_gone" | "model_rate_limit" | "model_quota" | "model_context_overflow" | "compaction_stuck" | "model_content_filter" | "model_invalid_request" | "model_unavailable" | "model_truncated" | "model_timeout" | "model_invalid_response" | "not_saving" | "internal";
            detail?: string;
            provider?: string;
            status?: number;
            /** Format: date-time */
            retryAt?: string;
        };
        /** @enum {string} */
        ToolKind: "read" | "edit" | "delete" | "move" | "search" | "execute" | "think" | "fetch" | "switch_mode" | "other";
        PermissionRequest: {
            requestId: string;
            toolCallId: string;
            subject: components["schemas"]["PermissionSubject"];
            content: components["schemas"]["ToolCallContent"][];
            reach: components["schemas"]["Reach"][];
            dangerous: boolean;
            options: components["schemas"]["PermissionOption"][];
            digest: string;
        };
        PermissionSubject: {
            /** @constant */
            type: "command";
            command: string;
            cwd: string;
            background?: boolean;
        } | {
            /** @constant */
            type: "edit";
            path: string;
            added: number;
            removed: number;
            created: boolean;
            deleted?: boolean;
            moved?: boolean;
        } | {
            /** @constant */
            type: "read";
            path: string;
        } | {
            /** @constant */
            type: "fetch";
            url: string;
        } | {
            /** @constant */
            type: "question";
            question: string;
            options: string[];
        } | {
            /** @constant */
            type: "plan";
            plan: string;
        } | {
            /** @constant */
            type: "other";
            title: string;
        };
        ToolCallContent: {
            /** @constant */
            type: "content";
            content: components["schemas"]["ContentBlock"];
        } | components["schemas"]["DiffContent"] | {
            /** @constant */
            type: "terminal";
            terminalId: string;
        };
        ContentBlock: components["schemas"]["TextContent"] | components["schemas"]["ResourceLink"] | components["schemas"]["ImageContent"];
        TextContent: {
            /** @constant */
            type: "text";
            text: string;
        };
        ResourceLink: {
            /** @constant */
            type: "resource_link";
            uri: string;
            name: string;
        };
        ImageContent: {
            /** @constant */
            type: "image";
            /** @enum {string} */
            mimeType: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
            /** Format: base64 */
            data: string;
        };
        DiffContent: {
            /** @constant */
            type: "diff";
            path: string;
            oldText: string | null;
            newText: string;
            oldLine: number;
            newLine: number;
        };
        /** @enum {string} */
        Reach: "writes_files" | "deletes_files" | "leaves_project" | "uses_network" | "installs_packages" | "pushes" | "touches_secrets" | "touches_protected" | "controls_voxpilot" | "cannot_be_undone" | "not_understood" | "inside_project" | "can_be_undone" | "reads_only";
        PermissionOption: {
            optionId: string;
            kind: components["schemas"]["PermissionOptionKind"];
            name: string;
        };
        /** @enum {string} */
        PermissionOptionKind: "allow_once" | "allow_always" | "reject_once" | "reject_always";
        QueuedPrompt: {
            promptId: string;
            content: components["schemas"]["ContentBlock"][];
            delivery: components["schemas"]["Delivery"];
        };
        /** @enum {string} */
        Delivery: "queue" | "steer" | "interrupt";
        Spent: {
            tokens: number;
            cost: number;
            stepsWithoutTokens: number;
            stepsWithoutCost: number;
        };
        SpentInDay: {
            day: string;
            spent: components["schemas"]["Spent"];
        };
        RewindMark: {
            seq: number;
            keepThrough: number | null;
            undoes: number | null;
        };
        CreateSession: {
            id?: string;
            project: string;
            title?: string;
            engine?: string;
            model?: string;
            mode?: components["schemas"]["SessionMode"];
            /** Format: date-time */
            modeEndsAt?: string;
        };
        PatchSession: {
            title?: string;
            pinned?: boolean;
            archived?: boolean;
            model?: string;
            effort?: components["schemas"]["Effort"] | null;
            mode?: components["schemas"]["SessionMode"];
            /** Format: date-time */
            modeEndsAt?: string;
        };
        Seen: {
            seq: number;
        };
        ForkSession: {
            id: string;
            turnId: string;
        };
        ImportSession: {
            id?: string;
            project: string;
            session: unknown;
        };
        SearchResults: {
            results: {
                session: components["schemas"]["SessionSummary"];
                hits: components["schemas"]["SearchHit"][];
            }[];
            hasMore: boolean;
        };
        SearchHit: {
            seq: number;
            kind: components["schemas"]["SearchHitKind"];
            text: string;
            marks: [
                number,
                number
            ][];
        };
        /** @enum {string} */
        SearchHitKind: "title" | "prompt" | "agent" | "tool" | "command" | "file";
        PromptReceipt: {
            id: string;
            seq: number;
        };
        SubmitPrompt: {
            id: string;
            content: components["schemas"]["ContentBlock"][];
            /** @default queue */
            delivery: components["schemas"]["Delivery"];
        };
        PatchPrompt: {
            content?: components["schemas"]["ContentBlock"][];
            before?: string | null;
            /** @enum {string} */
            now?: "steer" | "interrupt";
        };
        PermissionDecided: {
            requestId: string;
            outcome: components["schemas"]["PermissionOutcome"];
        };
        PermissionOutcome: {
            /** @constant */
            outcome: "selected";
            optionId: string;
            kind: components["schemas"]["PermissionOptionKind"];
            grant?: {
                scope: components["schemas"]["GrantScope"];
            };
            feedback?: string;
        } | {
            /** @constant */
            outcome: "cancelled";
            reason: components["schemas"]["CancelReason"];
        };
        /** @enum {string} */
        GrantScope: "turn" | "session";
        /** @enum {string} */
        CancelReason: "turn_ended" | "restart" | "grant_ended";
        PermissionDecision: {
            optionId: string;
            digest: string;
            grant?: {
                scope: components["schemas"]["GrantScope"];
            };
            feedback?: string;
        };
        CompactSession: {
            id: string;
        };
        CancelTurn: {
            turnId?: string;
            /**
             * @default stop
             * @enum {string}
             */
            how: "stop" | "kill";
        };
        RewindPreview: {
            turnId: string;
            /** Format: date-time */
            at: string;
            keepThrough: number;
            turns: number;
            files: components["schemas"]["RewindFile"][];
            fileCount?: number;
            filesKnown: boolean;
            digest: string;
        };
        RewindFile: {
            path: string;
            /** @enum {string} */
            change: "restored" | "recreated" | "deleted";
            additions: number;
            deletions: number;
            changedSince: boolean;
            /** @enum {string} */
            stays?: "not_kept" | "ignored";
        };
        RewindAnswer: {
            seq: number;
            done: string[];
            skipped: components["schemas"]["SkippedFile"][];
        };
        SkippedFile: {
            path: string;
            /** @enum {string} */
            reason: "changed_since" | "not_kept" | "ignored" | "failed";
        };
        RewindRequest: {
            turnId: string;
            scope: components["schemas"]["RewindScope"];
            paths?: string[];
            /** @constant */
            preview: true;
        } | {
            id: string;
            turnId: string;
            scope: components["schemas"]["RewindScope"];
            paths?: string[];
            digest: string;
        } | {
            id: string;
            undoes: number;
        };
        /** @enum {string} */
        RewindScope: "files" | "conversation" | "both";
        BackgroundJob: {
            jobId: string;
            command: string;
            cwd: string;
            runningMs: number;
            end: {
                exitCode: number | null;
                signal: string | null;
                stoppedBy: ("person" | "agent") | null;
            } | null;
        };
        BackgroundJobOutput: {
            jobId: string;
            command: string;
            cwd: string;
            runningMs: number;
            end: {
                exitCode: number | null;
                signal: string | null;
                stoppedBy: ("person" | "agent") | null;
            } | null;
            output: string;
            omitted: number;
        };
        SlashCommandList: {
            commands: components["schemas"]["SlashCommand"][];
        };
        SlashCommand: {
            name: string;
            description: string;
            hint: string | null;
            /** @enum {string} */
            source: "built-in" | "project" | "user";
            /** @enum {string} */
            where: "page" | "turn";
        };
        FileNameList: {
            files: string[];
        };
        EventPage: {
            events: components["schemas"]["SessionEvent"][];
            lastSeq: number;
            hasMore: boolean;
        };
        SessionEvent: {
            seq: number;
            from?: number;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            fromAt?: string;
            turnId?: string;
            stepId?: string;
            parentToolCallId?: string;
            by?: components["schemas"]["Actor"];
            update: components["schemas"]["SessionUpdate"];
        };
        Actor: {
            /** @enum {string} */
            kind: "device" | "rule" | "grant" | "mode" | "engine" | "server";
            id: string;
            name: string;
        };
        SessionUpdate: {
            /** @constant */
            sessionUpdate: "user_message_chunk";
            messageId: string;
            content: components["schemas"]["ContentBlock"];
            _meta?: components["schemas"]["UpdateMeta"];
        } | {
            /** @constant */
            sessionUpdate: "agent_message_chunk";
            messageId: string;
            content: components["schemas"]["ContentBlock"];
            _meta?: components["schemas"]["UpdateMeta"];
        } | {
            /** @constant */
            sessionUpdate: "agent_thought_chunk";
            messageId: string;
            content: components["schemas"]["ContentBlock"];
            _meta?: components["schemas"]["UpdateMeta"];
        } | {
            /** @constant */
            sessionUpdate: "tool_call";
            toolCallId: string;
            title?: string | null;
            kind?: components["schemas"]["ToolKind"] | null;
            status?: components["schemas"]["ToolCallStatus"] | null;
            content?: components["schemas"]["ToolCallContent"][] | null;
            locations?: components["schemas"]["ToolCallLocation"][] | null;
            rawInput?: unknown;
            rawOutput?: unknown;
            _meta?: components["schemas"]["UpdateMeta"];
        } | {
            /** @constant */
            sessionUpdate: "tool_call_update";
            toolCallId: string;
            title?: string | null;
            kind?: components["schemas"]["ToolKind"] | null;
            status?: components["schemas"]["ToolCallStatus"] | null;
            content?: components["schemas"]["ToolCallContent"][] | null;
            locations?: components["schemas"]["ToolCallLocation"][] | null;
            rawInput?: unknown;
            rawOutput?: unknown;
            _meta?: components["schemas"]["UpdateMeta"];
        } | {
            /** @constant */
            sessionUpdate: "plan";
            entries: {
                content: string;
                /** @enum {string} */
                priority: "high" | "medium" | "low";
                /** @enum {string} */
                status: "pending" | "in_progress" | "completed";
            }[];
        } | {
            /** @constant */
            sessionUpdate: "usage_update";
            used: number | null;
            size: number | null;
            inputTokens: number | null;
            outputTokens: number | null;
            cachedInputTokens?: number | null;
            cost?: number | null;
            parts?: {
                name: components["schemas"]["ContextPart"];
                tokens: number;
            }[];
            _meta?: {
                model: string;
                /** @enum {string} */
                reasoningField?: "reasoning_content" | "reasoning" | "reasoning_text";
                reasoningDetails?: unknown[];
            };
        } | {
            /** @constant */
            sessionUpdate: "compaction_update";
            compactionId: string;
            /** @enum {string} */
            status: "in_progress" | "completed" | "failed";
            /** @enum {string} */
            trigger: "budget" | "overflow" | "manual";
            summary?: string;
            keepFrom?: string;
            /** @constant */
            reason?: "no_gain";
            beforeTokens?: number;
            afterTokens?: number;
            problem?: components["schemas"]["TurnProblem"];
        } | {
            /** @constant */
            sessionUpdate: "available_commands_update";
            availableCommands: {
                name: string;
                description: string;
                input: {
                    hint: string;
                } | null;
            }[];
        } | {
            /** @constant */
            sessionUpdate: "prompt_context";
            promptId: string;
            source: {
                /** @constant */
                type: "command";
                name: string;
            } | {
                /** @constant */
                type: "file";
                path: string;
            };
            text: string;
        } | {
            /** @constant */
            sessionUpdate: "instructions_update";
            files: {
                path: string;
                bytes: number;
                truncated: boolean;
                hiddenCharacters: number;
            }[];
        } | {
            /** @constant */
            sessionUpdate: "session_info_update";
            title?: string | null;
            pinned?: boolean;
            archived?: boolean;
        } | {
            /** @constant */
            sessionUpdate: "current_mode_update";
            currentModeId: components["schemas"]["SessionMode"];
            _meta?: {
                /** Format: date-time */
                endsAt: string;
            };
        } | {
            /** @constant */
            sessionUpdate: "config_option_update";
            configOptions: ({
                /** @constant */
                id: "model";
                value: string;
            } | {
                /** @constant */
                id: "thought_level";
                value: components["schemas"]["Effort"] | "";
            })[];
        } | {
            /** @constant */
            sessionUpdate: "notice";
            /** @enum {string} */
            code: "model_retry" | "damaged_lines" | "not_saving" | "saving_again" | "repeated_call" | "repeated_text" | "limit_learned" | "job_ended";
            data?: {
                [key: string]: string | number;
            };
        } | {
            /** @constant */
            sessionUpdate: "session_created";
            /** @constant */
            formatVersion: 1;
            sessionId: string;
            project: {
                id: string;
                name: string;
                path: string;
            };
            engine: string;
            model: string | null;
            mode: components["schemas"]["SessionMode"];
            title: string | null;
            requestDigest: string;
            forkedFrom?: components["schemas"]["ForkOrigin"] | null;
            /** Format: date-time */
            importedAt?: string;
            _meta?: {
                /** Format: date-time */
                endsAt: string;
            };
        } | {
            /** @constant */
            sessionUpdate: "prompt_queued";
            promptId: string;
            content: components["schemas"]["ContentBlock"][];
            delivery: components["schemas"]["Delivery"];
        } | {
            /** @constant */
            sessionUpdate: "queue_update";
            promptIds: string[];
            edited?: {
                promptId: string;
                content: components["schemas"]["ContentBlock"][];
            };
            now?: {
                promptId: string;
                /** @enum {string} */
                delivery: "steer" | "interrupt";
            };
        } | {
            /** @constant */
            sessionUpdate: "tool_output_chunk";
            toolCallId: string;
            /** @enum {string} */
            stream: "stdout" | "stderr";
            text: string;
            skippedBytes?: number;
        } | {
            /** @constant */
            sessionUpdate: "checkpoint";
            checkpointId: string;
            /** @enum {string} */
            phase: "start" | "end";
            tree: string;
            omitted: string[];
            changes?: components["schemas"]["ChangeSummary"];
        } | {
            /** @constant */
            sessionUpdate: "rewind";
            rewindId: string;
            requestDigest?: string;
            scope: components["schemas"]["RewindScope"];
            turnId: string | null;
            /** Format: date-time */
            turnAt?: string;
            keepThrough: number | null;
            files: {
                done: string[];
                skipped: components["schemas"]["SkippedFile"][];
            };
            tree?: string;
            undoes?: number;
        } | {
            /** @constant */
            sessionUpdate: "state_update";
            state: components["schemas"]["SessionState"];
            promptId: string | null;
            stopReason?: components["schemas"]["StopReason"];
            problem?: components["schemas"]["TurnProblem"];
        } | {
            /** @constant */
            sessionUpdate: "request_permission";
            requestId: string;
            toolCallId: string;
            subject: components["schemas"]["PermissionSubject"];
            content: components["schemas"]["ToolCallContent"][];
            reach: components["schemas"]["Reach"][];
            dangerous: boolean;
            options: components["schemas"]["PermissionOption"][];
            digest: string;
        } | {
            /** @constant */
            sessionUpdate: "permission_outcome";
            requestId: string;
            toolCallId: string;
            outcome: components["schemas"]["PermissionOutcome"];
        };
        UpdateMeta: {
            model?: {
                id: string;
                name: string;
                arguments: string;
                extra?: {
                    [key: string]: unknown;
                };
                /** @enum {string} */
                madeBy?: "text" | "check";
            };
            elidedBytes?: number;
            sameAs?: string;
        } & {
            [key: string]: unknown;
        };
        /** @enum {string} */
        ToolCallStatus: "pending" | "in_progress" | "completed" | "failed";
        ToolCallLocation: {
            path: string;
            line?: number;
        };
        /** @enum {string} */
        ContextPart: "system" | "tools" | "instructions" | "notes" | "messages" | "results";
        ChangeSummary: {
            files: components["schemas"]["ChangedFile"][];
            fileCount: number;
            added: number;
            removed: number;
        };
        ChangedFile: {
            path: string;
            oldPath?: string;
            /** @enum {string} */
            status: "added" | "modified" | "deleted" | "renamed";
            added: number;
            removed: number;
            binary: boolean;
        };
        DeviceMessage: components["schemas"]["DeviceSnapshot"] | components["schemas"]["SessionSummary"] | components["schemas"]["DeviceUpdate"] | components["schemas"]["DeviceRemoval"] | components["schemas"]["DeviceReset"] | components["schemas"]["DeviceCrowded"];
        DeviceSnapshot: {
            sessions: components["schemas"]["SessionSummary"][];
        };
        DeviceUpdate: {
            sessionId: string;
            seq: number;
            from?: number;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            fromAt?: string;
            turnId?: string;
            stepId?: string;
            parentToolCallId?: string;
            by?: components["schemas"]["Actor"];
            update: components["schemas"]["SessionUpdate"];
        };
        DeviceRemoval: {
            sessionId: string;
        };
        DeviceReset: {
            sessionId: string;
            lastSeq: number;
        };
        DeviceCrowded: {
            maxStreams: number;
        };
        TurnChanges: {
            turnId: string;
            summary: components["schemas"]["ChangeSummary"];
            diffs: components["schemas"]["FileDiff"][];
        };
        FileDiff: {
            file: components["schemas"]["ChangedFile"];
            hunks: components["schemas"]["DiffHunk"][];
            truncated: boolean;
        };
        DiffHunk: {
            heading: string;
            oldStart: number;
            newStart: number;
            lines: components["schemas"]["DiffLine"][];
        };
        DiffLine: {
            /** @enum {string} */
            type: "context" | "added" | "removed";
            text: string;
            oldLine?: number;
            newLine?: number;
            noNewline?: boolean;
        };
        MachineReach: {
            addresses: string[];
            lan: boolean;
            https: boolean;
            publicUrl: string | null;
            trustedProxies: string[];
            localName: string | null;
        };
        Trust: {
            fingerprint: string;
            names: string[];
            /** Format: date-time */
            notAfter: string;
        };
        AuditPage: {
            entries: components["schemas"]["AuditEntry"][];
            hasMore: boolean;
        };
        AuditEntry: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: {
                /** @enum {string} */
                kind: "device" | "command_line" | "server" | "stranger";
                id: string | null;
                name: string | null;
                address: string | null;
            };
            record: {
                /** @constant */
                kind: "device_paired";
                device: string;
                name: string;
                rights: components["schemas"]["DeviceRights"];
                /** @enum {string} */
                how: "code" | "github" | "command_line";
            } | {
                /** @constant */
                kind: "device_changed";
                device: string;
                name: string;
                rights: components["schemas"]["DeviceRights"];
            } | {
                /** @constant */
                kind: "device_revoked";
                device: string;
                name: string;
            } | {
                /** @constant */
                kind: "code_made";
                rights: components["schemas"]["DeviceRights"];
            } | {
                /** @constant */
                kind: "signed_in";
                login: string;
                githubId: number;
                /** @enum {string} */
                how: "web" | "device" | "token";
            } | {
                /** @constant */
                kind: "signed_out";
                login: string;
            } | {
                /** @constant */
                kind: "refused";
                /** @enum {string} */
                what: "code" | "sign_in" | "token" | "host" | "origin";
                reason: string;
                login?: string;
                count: number;
            } | {
                /** @constant */
                kind: "proof_given";
                /** @enum {string} */
                how: "code" | "github";
            } | {
                /** @constant */
                kind: "decision";
                session: string;
                requestId: string;
                digest: string;
                option: string;
                grant: string | null;
            } | {
                /** @constant */
                kind: "provider_changed";
                provider: string;
                /** @enum {string} */
                change: "set" | "removed";
                origin: string | null;
            } | {
                /** @constant */
                kind: "grant_ended";
                session: string;
                requestId: string;
            } | {
                /** @constant */
                kind: "mode_changed";
                session: string;
                mode: components["schemas"]["SessionMode"];
                endsAt: string | null;
            } | {
                /** @constant */
                kind: "session_rewound";
                session: string;
                seq: number;
                files: number;
                undoes: number | null;
            } | {
                /** @constant */
                kind: "session_deleted";
                session: string;
            };
            previous: string;
            hash: string;
        };
        Demo: {
            project: components["schemas"]["Project"];
            model: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
