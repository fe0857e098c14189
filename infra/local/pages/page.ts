/** What of a request a page is made of: the last part of its path, and what follows the path. */
export type Asked = { last: string; search: URLSearchParams };

export type Content = { body: string | Buffer; status?: number; headers?: Record<string, string> };

export type Page = (asked: Asked) => Promise<string | Buffer | Content> | string | Content;
